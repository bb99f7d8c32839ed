"""Why an article, or a text, was found by rules and by others not, and the way it took or would take from there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from monitor.config import Config, units
from monitor.core.articles import document
from monitor.core.digest import DigestSpec, next_slot
from monitor.core.match.explaining import Explainer
from monitor.core.model import Document
from monitor.core.rules import MAX_AGE, Rule
from monitor.rulebook import Draft, Rulebook
from monitor.rulebook.wording import Wording
from monitor.store import Tx, routes
from monitor.store.fates import OPEN
from monitor.store.routes import StoredArticle, StoredMatch
from monitor.workshop.clauses import Clause, Clauses, Explanation
from monitor.workshop.kinship import Kinship, kinship

MOST_ANSWERS = 100
"""Rules that match that are told of."""
MOST_NEARLY = 5
"""Rules that nearly match that are told of."""
AGE = "age"
"""The kind of the clause that stops no match, only the telling of it."""


@dataclass(frozen=True, slots=True)
class Coming:
    """Where a match would go: a digest, and when that is next due (UTC); None where stories are told as they come, after `wait`."""

    digest_id: str
    to: tuple[str, ...]
    next_at: datetime | None
    wait: timedelta | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rule makes of the article.

    `explanation` is None where the rule is in no file any more; `match` is what was stored when the article came. `note` says
    where the two do not say the same. `coming` has the digests that have not told of it yet.
    """

    rule_id: str
    title: str
    explanation: Explanation | None
    match: StoredMatch | None = None
    note: str = ""
    coming: tuple[Coming, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """All that there is to say of an article: of the rules that found it or were asked about, of those that nearly did; how many
    more found it than are told of, and how many others there are. `kinship`: which article it is a copy of.
    """

    document: Document
    stored: StoredArticle | None
    answers: tuple[Answer, ...]
    nearly: tuple[Explanation, ...] = ()
    more: int = 0
    others: int = 0
    kinship: Kinship | None = None


class Inquiry:
    """Answers for the rules of one rulebook. `only` limits it to one rule."""

    def __init__(self, config: Config, book: Rulebook, only: str = "") -> None:
        self._config = config
        self._book = book
        self._only = only
        self._wording = Wording(book)

    def text(self, text: Document, now: datetime) -> Account:
        """Explain a text, as if it came at `now` from a source and in a language that every rule takes."""
        explainer = Explainer(self._book.matcher, text)
        clauses = Clauses(self._wording, explainer, placeless=True)
        asked = {self._only} if self._only else {each.id for each in self._book.rules if explainer.holds(each.query)}
        answers = [self._of_text(clauses.explain(each), now) for each in self._drafts(asked)]
        return self._account(Account(text, None, tuple(answers)), clauses, asked)

    def article(self, tx: Tx, stored: StoredArticle) -> Account:
        """Explain an article of the database, by the rules as they are now and by what was stored when it came."""
        feeds = {each.id: each for each in self._config.feeds()}
        seen = document(stored.article, feeds.get(stored.article.feed_id, stored.feed))
        clauses = Clauses(self._wording, Explainer(self._book.matcher, seen))
        matches = {each.rule_id: each for each in routes.of_article(tx, stored.id)}
        found = {each.rule.id for each in self._book.matcher.match(seen)} | matches.keys()
        told = {self._only} if self._only else found
        drafts = self._drafts(told)
        answers = [self._of_article(tx, stored, clauses.explain(each), matches.get(each.rule.id)) for each in drafts]
        gone = matches.keys() - {each.id for each in self._book.rules}
        answers += [_gone(matches[each]) for each in sorted(gone & told)]
        kin = kinship(stored.article, routes.before(tx, stored))
        return self._account(Account(seen, stored, tuple(answers), kinship=kin), clauses, found)

    def _drafts(self, ids: set[str]) -> list[Draft]:
        return list(islice((each for each in self._book.drafts if each.rule.id in ids), MOST_ANSWERS))

    def _account(self, account: Account, clauses: Clauses, found: set[str]) -> Account:
        if self._only:
            return account
        others = [each for each in self._book.drafts if each.rule.id not in found]
        near: list[Draft] = []
        for each in others:
            if len(near) < MOST_NEARLY and clauses.nearly(each):
                near.append(each)
        return replace(
            account,
            nearly=tuple(map(clauses.explain, near)),
            more=len(found) - len(account.answers),
            others=len(others) - len(near),
        )

    def _of_text(self, explanation: Explanation, now: datetime) -> Answer:
        rule = explanation.rule
        return Answer(
            rule.id, rule.title, explanation, coming=self._coming(rule.deliver if explanation.holds else (), now)
        )

    def _coming(self, digests: Sequence[str], now: datetime) -> tuple[Coming, ...]:
        specs = {each.id: each for each in self._config.digests()}
        return tuple(_coming(specs[each], now) for each in digests if each in specs)

    def _of_article(self, tx: Tx, stored: StoredArticle, explanation: Explanation, match: StoredMatch | None) -> Answer:
        rule = explanation.rule
        told = replace(explanation, clauses=(*explanation.clauses, *_age(stored, rule)))
        note = self._note(tx, stored, explanation, match)
        return Answer(rule.id, rule.title, told, match, note, self._coming(_waiting(match), tx.now))

    def _note(self, tx: Tx, stored: StoredArticle, explanation: Explanation, match: StoredMatch | None) -> str:
        rule = explanation.rule
        if match:
            if match.rule_version != rule.version:
                return f"matched by an earlier version of the rule: {match.query}"
            changed = not explanation.holds and stored.version > 1
            return "matched an earlier text of the article, which has changed since" if changed else ""
        if not explanation.holds:
            return ""
        since = routes.in_force_since(tx, rule.id, rule.version)
        if since is None:
            return "no match is stored: no daemon has taken up this version of the rule yet"
        if since > stored.article.seen_at:
            moment = since.astimezone(ZoneInfo(self._config.settings.service.timezone))
            return f"no match is stored: this version of the rule came after the article, at {moment:%Y-%m-%d %H:%M}"
        return "no match is stored, though this version of the rule was in force when the article came"


def _gone(match: StoredMatch) -> Answer:
    note = f"the rule is in no file any more; it said: {match.query}"
    return Answer(match.rule_id, match.title, None, match, note)


def _waiting(match: StoredMatch | None) -> list[str]:
    """Return the digests of which no edition has taken a match yet."""
    return [each.digest_id for each in match.fates if each.state in OPEN and not each.edition_id] if match else []


def _coming(spec: DigestSpec, now: datetime) -> Coming:
    if spec.schedule:
        return Coming(spec.id, spec.to, next_slot(spec.schedule, spec.zone, now).due, None)
    return Coming(spec.id, spec.to, None, spec.wait)


def _age(stored: StoredArticle, rule: Rule) -> Sequence[Clause]:
    """Return the clause of a rule's max_age where that says something."""
    age = stored.article.seen_at - stored.article.published
    if age <= rule.max_age and rule.max_age == MAX_AGE:
        return ()
    told = f"the article was {_told(age)} old when it was first seen"
    return (Clause(AGE, age <= rule.max_age, f"max_age: {units.shown_duration(rule.max_age)}", told),)


def _told(span: timedelta) -> str:
    hours = max(span, timedelta(0)) // timedelta(hours=1)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} hours"
