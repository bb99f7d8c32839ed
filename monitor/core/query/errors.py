"""What can be wrong or doubtful in a query: each fault has a stable code, a place and a hint."""

from dataclasses import dataclass

from monitor.errors import PresswatchError

CODES: dict[str, str] = {
    "PW120": "A query without anything in it. It would match nothing; leave it out.",
    "PW121": "A bracket is opened and never closed.",
    "PW122": "A bracket is closed that was never opened.",
    "PW123": 'A quotation mark (") opens a phrase, or a slash a regular expression, and no second one closes it.',
    "PW124": "An operator or a field stands where something to look for should: before, after or between operators.",
    "PW125": "Two parts of a query stand side by side. Only words in a row do that, as a phrase; else AND, OR or NOT stands between.",
    "PW126": "The part before a colon is not a field. Text fields are title, summary, body and lead, values are author, source, url, "
    "lang and tag.",
    "PW127": "A field, raw: or a list is used where it cannot be, such as one field within another.",
    "PW128": "A list is used that no rule file defines under `lists:`.",
    "PW129": "A prefix needs at least three letters before its *: shorter ones match half of the language.",
    "PW130": "A * stands at the end of a word, for any ending. It cannot stand before, inside or without a word.",
    "PW131": "The query says only what must be absent, so it would match nearly every article. It needs something to look for.",
    "PW132": "NEAR, ONEAR and ATLEAST need a number, as in NEAR/5. `2 OF (a, b, c)` needs one that its choices can reach, and its "
    "choices in a bracket.",
    "PW133": "A regular expression that cannot be read, or that is too large to be searched for.",
    "PW134": "Quotes, or a run of signs, without a word or a value in them.",
    "PW135": "A query beyond the limits: 20,000 characters, brackets 20 deep, 50 words in a phrase, 4 of them with hyphens, 50 parts in a row of NEAR.",
    "PW136": "A comma parts the choices of `2 OF (a, b, c)` and nothing else. A phrase with a comma is written in quotes.",
    "PW137": "A sign that is an operator in other languages. Here they are AND, OR and NOT.",
    "PW138": "Beside NEAR and behind ATLEAST stand words, phrases, prefixes, lists, and brackets of those with OR or NEAR: what has a "
    "place in the text.",
    "PW139": "stem: needs one of the languages whose word forms are known, as in `stem:en guarantee`.",
    "PW420": "AND and OR stand in one level without brackets. AND binds tighter, which is not always what was meant.",
    "PW421": "An operator written in lower case, or as other services write it (NEAR5, W/5, ADJ5), is an ordinary word of the phrase "
    "around it.",
    "PW422": "A minus or plus before a word is not an operator, only a sign that is not looked at.",
    "PW423": "The query is true of articles in which none of its terms occurs, because a NOT stands beside an OR.",
    "PW424": "A regular expression is all that the rule looks for, or all that it needs to match, so that it has to be searched for in "
    "every article. A word joined by AND makes it fast.",
    "PW425": "Everything the rule looks for is a short beginning of words, which finds much that is not meant.",
    "PW426": 'Only the plain quotation mark (") makes a phrase or surrounds a value. Others are signs that are not looked at, and part of '
    "what is looked for behind raw: and in values.",
    "PW427": "Two terms beside NEAR are looked for in different fields. Nearness is a matter of one field, so this never matches.",
}
"""Code → what it means, in a sentence or two."""


@dataclass(frozen=True, slots=True)
class QueryWarning:
    """Something doubtful at characters [start, end) of a query's text; the query works all the same."""

    code: str
    message: str
    start: int
    end: int
    hint: str = ""


class QueryError(PresswatchError):
    """A query that cannot be read. The fault stands at characters [start, end) of its text."""

    def __init__(self, code: str, message: str, start: int = 0, end: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint
