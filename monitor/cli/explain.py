"""`presswatch explain`: why an article was found by a rule or was not, clause by clause, and what became of it then."""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from zoneinfo import ZoneInfo

import click

from monitor.app.clock import utc_now
from monitor.cli.clauses import clauses, explained
from monitor.cli.configured import configuration
from monitor.cli.options import Options, pass_options
from monitor.cli.pauses import paused
from monitor.cli.rulebooks import drafted, named_rule
from monitor.cli.wording import in_json, moment, near, numbered
from monitor.config import Config
from monitor.core.digest.waves import wanted
from monitor.core.model import Document, Outcome
from monitor.diagnostics import Severity
from monitor.log import escaped
from monitor.store import Store, routes
from monitor.store.deliveries import Attempt
from monitor.store.fates import OPEN
from monitor.store.routes import Delivery, Fate, StoredArticle
from monitor.workshop.clauses import Explanation
from monitor.workshop.explaining import Account, Answer, Coming, Inquiry
from monitor.workshop.kinship import Kinship

STDIN = "-"
#: Characters of a text that are read.
LONGEST_TEXT = 1_000_000
#: Earlier texts whose titles are shown; --json has them all.
MOST_EARLIER = 3
#: What is told of the page of an article, by its state.
PAGES = {
    "waiting": "is still to be read: more text could make a rule match",
    "read": "was read, and is the text that rules see",
    "failed": "summary only",
}
#: The way of a match of a rule without digests.
NOWHERE = "to no digest"
#: What an article knows of itself only on its way into the database.
NOT_STORED = {"other_keys", "loose_keys", "title_keys"}


@click.command("explain")
@click.argument("article", required=False, metavar="[ARTICLE]")
@click.option("--text", help="A headline to explain instead of an article; - reads standard input, title first.")
@click.option("--rule", "rule_id", default="", metavar="ID", help="Explain this rule alone, whether it matches or not.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object, times in UTC, lengths of time in seconds.")
@pass_options
def explain(options: Options, article: str | None, text: str | None, rule_id: str, as_json: bool) -> None:
    """Say why you got something, and why you did not.

    ARTICLE: the number of an article in the database, or its address; - is the same as --text -. Each rule that matches is shown
    clause by clause, with the words in the article and the place in the rule file, and what became of the match.
    """
    if (article is None) == (text is None):
        raise click.UsageError("Give the number or the address of an article, or a --text.")
    config = configuration(options, missing_secrets=Severity.WARNING)
    book = drafted(config)
    inquiry = Inquiry(config, book, rule_id)
    if text is not None or article == STDIN:
        account = inquiry.text(_document(STDIN if text is None else text), utc_now())
        also: list[int] = []
    else:
        account, also = _stored(config, inquiry, article or "")
    if rule_id and not account.answers:
        named_rule(rule_id, book, "--rule")
    if as_json:
        click.echo(in_json(_as_json(account), indent=2))
        return
    for line in _screen(account, also, ZoneInfo(config.settings.service.timezone)):
        click.echo(line)


def _document(text: str) -> Document:
    """Return a text as an article: its first line as the title, what follows as the body."""
    given = sys.stdin.read(LONGEST_TEXT) if text == STDIN else text
    # What a shell hands over need not be text.
    title, _, body = given.encode("utf-8", "replace").decode().strip().partition("\n")
    if not title:
        raise click.UsageError("The text is empty.")
    return Document(title.strip(), body=body.strip())


def _stored(config: Config, inquiry: Inquiry, given: str) -> tuple[Account, list[int]]:
    """Return the account of an article, and the numbers of other articles at the same address."""
    store = Store(config.database_url)
    store.open(exclusive=False)
    with store, store.reading() as tx:
        found = [int(given)] if given.isdecimal() and len(given) < 19 else routes.at_address(tx, given)
        article = routes.article(tx, found[0]) if found else None
        if article is None:
            headline = (
                "" if given.isdecimal() or "://" in given else " To ask about a headline, write --text before it."
            )
            raise click.UsageError(f"There is no article '{escaped(given)}' in the database.{headline}")
        return inquiry.article(tx, article), found[1:]


def _screen(account: Account, also: list[int], zone: ZoneInfo) -> Iterator[str]:
    if account.stored:
        yield from _article(account.stored, account.kinship, also, zone)
    for answer in account.answers:
        if account.stored or answer is not account.answers[0]:
            yield ""
        yield from _answer(answer, account.document, zone)
    if not account.answers:
        yield from ["", "No rule matches."] if account.stored else ["No rule matches."]
    if account.more:
        yield ""
        yield f"{account.more:,} more match; --rule ID explains one of them."
    for each in account.nearly:
        yield ""
        yield from _nearly(each, account.document)
    if account.others:
        yield ""
        yield f"{numbered(account.others, 'other rule does', 'other rules do')} not match."


def _article(stored: StoredArticle, kinship: Kinship | None, also: list[int], zone: ZoneInfo) -> Iterator[str]:
    article = stored.article
    yield f"{_head('article')} {stored.id}: {click.style(escaped(article.title), bold=True)}"
    seen = f"first seen {moment(article.seen_at, zone)}, published {moment(article.published, zone)}"
    changed = f", text {stored.version}" if stored.version > 1 else ""
    outlet = f" by {escaped(article.publisher)}" if article.publisher else ""
    yield f"{'':<10} {article.feed_id}{outlet}, {seen}{changed}"
    if article.url:
        yield f"{'':<10} {escaped(article.url)}"
    if stored.page:
        yield f"{_head('page')} {PAGES[stored.page]}{': ' if stored.page_why else ''}{escaped(stored.page_why)}"
    for each in stored.earlier[-MOST_EARLIER:]:
        yield f"{'':<10} until {moment(each.replaced_at, zone)}: {escaped(each.title)}"
    if stored.story_id is not None:
        copies = f", with {numbered(stored.copies, 'other copy', 'other copies')}" if stored.copies else ""
        first = "" if kinship or not stored.copies else ", of which this is the first"
        yield f"{_head('story')} {stored.story_id}{copies}{first}"
    if kinship:
        share = f" ({kinship.share:.0%} of the pairs of words)" if kinship.share else ""
        yield f"{'':<10} a copy of article {kinship.of} of {escaped(kinship.outlet)}: {kinship.why}{share}"
    if also:
        yield f"{_head('also')} articles {', '.join(map(str, also))} are at this address"


def _answer(answer: Answer, document: Document, zone: ZoneInfo) -> Iterator[str]:
    if answer.explanation:
        yield from explained(answer.explanation, document)
    else:
        yield f"{_head('match')} {click.style(escaped(answer.rule_id), bold=True)}"
    if answer.note:
        yield f"  {'note':<6} {escaped(answer.note)}"
    for number, line in enumerate(_route(answer, zone)):
        yield f"  {'' if number else 'route':<6} {line}"


def _route(answer: Answer, zone: ZoneInfo) -> list[str]:
    """Return where a match went and goes, or would go; nothing where there is none."""
    explanation = answer.explanation
    when = explanation.rule.when if explanation else None
    waits = f" with {wanted(when)}" if when else ""
    if answer.match:
        coming = {each.digest_id: each for each in answer.coming}
        fates = answer.match.fates
        return [line for each in fates for line in _fate(each, coming.get(each.digest_id), zone, waits)] or [NOWHERE]
    if explanation and explanation.holds and not explanation.rule.deliver:
        return [NOWHERE]
    return [
        f"{each.digest_id}: would go out {_when(each, zone)}{waits}, to {', '.join(each.to)}" for each in answer.coming
    ]


def _fate(fate: Fate, coming: Coming | None, zone: ZoneInfo, waits: str) -> Iterator[str]:
    edition = f", in the edition {fate.edition_id}" if fate.edition_id else ""
    reason = f": {escaped(fate.reason)}" if fate.reason else ""
    goes = f", goes out {_when(coming, zone)}" if coming and coming.next_at else ""
    is_open = fate.state in OPEN and not fate.edition_id
    after = f"{goes or ', goes out'}{waits}" if is_open and waits else goes
    yield f"{fate.digest_id}: {fate.state} {moment(fate.changed_at, zone)}{edition}{reason}{after}"
    parts = Counter((each.channel_id, each.recipient) for each in fate.deliveries)
    for each in fate.deliveries:
        yield f"  {_delivery(each, parts[each.channel_id, each.recipient], zone)}"
        if [attempt.receipt.outcome for attempt in each.attempts] != [Outcome.SENT]:
            yield from (f"    {_attempt(attempt, zone)}" for attempt in each.attempts)


def _delivery(delivery: Delivery, parts: int, zone: ZoneInfo) -> str:
    part = f" (part {delivery.part} of {parts})" if parts > 1 else ""
    told = f"{escaped(delivery.channel_id)} to {escaped(delivery.recipient)}{part}: {delivery.state}"
    if delivery.settled_at:
        return f"{told} {moment(delivery.settled_at, zone)}"
    if delivery.paused:
        return f"{told}, {paused(delivery.channel_id, delivery.paused)}"
    return f"{told}, next try {moment(delivery.next_at, zone)}" if delivery.next_at else told


def _attempt(attempt: Attempt, zone: ZoneInfo) -> str:
    receipt = attempt.receipt
    answered = receipt.told
    return f"{moment(attempt.at, zone)} {receipt.outcome}: {escaped(answered)}"


def _nearly(explanation: Explanation, document: Document) -> Iterator[str]:
    rule = explanation.rule
    yield f"{_head('nearly')} {click.style(rule.id, bold=True)}   {escaped(near(rule.path))}:{rule.line}"
    yield from clauses([each for each in explanation.clauses if each.holds is False], document)


def _when(coming: Coming, zone: ZoneInfo) -> str:
    if coming.next_at:
        return moment(coming.next_at, zone)
    wait = coming.wait.total_seconds() if coming.wait else 0
    return f"after {wait:.0f} s" if wait else "at once"


def _head(name: str) -> str:
    return click.style(f"{name:<10}", bold=True)


def _as_json(account: Account) -> dict[str, object]:
    return {
        "article": _stored_as_json(account.stored, account.kinship) if account.stored else None,
        "text": None if account.stored else {"title": account.document.title, "body": account.document.body},
        "rules": [_answer_as_json(each) for each in account.answers],
        "nearly": [_explanation_as_json(each) for each in account.nearly],
        "more": account.more,
        "others": account.others,
    }


def _stored_as_json(stored: StoredArticle, kinship: Kinship | None) -> dict[str, object]:
    kept = {"id": stored.id, "version": stored.version, "story_id": stored.story_id, "copies": stored.copies}
    told = {name: value for name, value in asdict(stored.article).items() if name not in NOT_STORED}
    page = {"page": stored.page, "page_why": stored.page_why}
    copy = {"copy": asdict(kinship) if kinship else None}
    return {**kept, **copy, **told, **page, "earlier": [asdict(each) for each in stored.earlier]}


def _answer_as_json(answer: Answer) -> dict[str, object]:
    return {
        "rule": answer.rule_id,
        "title": answer.title,
        "explanation": _explanation_as_json(answer.explanation) if answer.explanation else None,
        "note": answer.note,
        "match": asdict(answer.match) if answer.match else None,
        "coming": [asdict(each) for each in answer.coming],
    }


def _explanation_as_json(explanation: Explanation) -> dict[str, object]:
    rule = explanation.rule
    return {
        "rule": rule.id,
        "path": rule.path,
        "line": rule.line,
        "version": rule.version,
        "holds": explanation.holds,
        "clauses": [asdict(each) for each in explanation.clauses],
    }
