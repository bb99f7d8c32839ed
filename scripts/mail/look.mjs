// Looks at mails: a JSON list of HTML documents comes in, and for each goes out what is not valid HTML, and by feature which of the
// great mail programs do not know what it uses. Inline styles, conditional comments and old attributes are how mail is written.
import { text } from "node:stream/consumers";
import { caniemail } from "caniemail";
import { HtmlValidate } from "html-validate";

const CLIENTS = ["gmail.*", "outlook.*", "apple-mail.*", "yahoo.*"];
const RULES = { "no-inline-style": "off", "no-deprecated-attr": "off", "no-conditional-comment": "off" };
const validator = new HtmlValidate({ root: true, extends: ["html-validate:recommended"], rules: RULES });

async function seen(html) {
  const { results } = await validator.validateString(html);
  const invalid = results.flatMap((each) => each.messages).map((each) => `${each.line}:${each.column} ${each.ruleId}: ${each.message}`);
  const unknown = {};
  for (const [client, issues] of caniemail({ clients: CLIENTS, html }).issues.errors) {
    for (const { title } of issues) unknown[title] = [...new Set([...(unknown[title] ?? []), client])].sort();
  }
  return { invalid, unknown };
}

const mails = JSON.parse(await text(process.stdin));
console.log(JSON.stringify(await Promise.all(mails.map(seen))));
