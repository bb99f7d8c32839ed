"""A newsroom in a folder: a configuration, rules, and a database with a few articles and what became of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.app import assembly
from monitor.config import load
from monitor.core.articles import document
from monitor.core.delivery import Verdict
from monitor.core.model import Article, DeliveryState, FateState, Outcome, Receipt, Span
from monitor.core.rules import Rule
from monitor.rulebook import Rulebook
from monitor.rulebook import load as load_rules
from monitor.store import Store, Tx, articles, deliveries, editions, fates, feeds, matches, rule_versions, stories
from tests.clock import MONDAY, ManualClock
from tests.store.newsroom import LEASE, WINDOW, article, edition, parcel

CONFIG = """\
[service]
timezone = "Europe/Vienna"
[database]
url = "{url}"
[[feeds]]
id = "harbour"
url = "https://harbour.example/feed"
tags = ["local"]
[[feeds]]
id = "valley"
url = "https://valley.example/feed"
[[feeds]]
id = "bbc-world"
url = "https://bbc.example/feed"
[digests.instant]
[digests.morning]
at = "07:00"
"""
RULES = """\
# The desk's rules.
lists:
  envoys:
    - Witkoff
    - Kushner
    - Kellogg NEAR/10 (envoy OR Ukraine)

defaults:
  deliver: [instant, morning]

rules:
  - id: envoys
    title: Envoys
    sources: [harbour]
    match:
      any:
        - $envoys
        - security guarantees
      none:
        - tennis
        - golf
    examples:
      match: [Witkoff in Kyiv]
      no_match: [Witkoff plays golf]

  - id: resorts
    match: $envoys NEAR/2 resort
    deliver: [morning]

  - id: forms
    match: /golf.*resort/
    deliver: []
"""


class Desk:
    """The folder, and ways to fill its database. The clock stands at MONDAY until it is moved."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.clock = ManualClock()
        (folder / "rules").mkdir()
        (folder / "config.toml").write_text(CONFIG.format(url=url), encoding="utf-8")
        self.rules(RULES)

    def rules(self, text: str, name: str = "desk") -> None:
        """Write a rule file."""
        (self.folder / f"rules/{name}.yaml").write_text(text, encoding="utf-8")

    def book(self) -> Rulebook:
        """The rules as they stand in the files."""
        config = load(self.folder / "config.toml", {})
        return load_rules(config.rule_files, assembly.known(config))

    def writing(self, act: Callable[[Tx], object]) -> None:
        """Do something in the database at the clock's time."""
        with Store(self.url, clock=self.clock) as store:
            store.open()
            with store.transaction() as tx:
                act(tx)

    def start(self) -> None:
        """Let a daemon take up configuration and rules."""
        config, book = load(self.folder / "config.toml", {}), self.book()
        self.writing(lambda tx: feeds.sync(tx, config.feeds()))
        self.writing(lambda tx: rule_versions.record(tx, book.rules))

    def receive(self, *found: Article, state: FateState = FateState.PENDING, reason: str = "") -> None:
        """Store articles of one feed as a poll does, matched by the rules as they are."""
        config, book = load(self.folder / "config.toml", {}), self.book()
        feed = next(each for each in config.feeds() if each.id == found[0].feed_id)

        def store(tx: Tx) -> None:
            ids = articles.save(tx, found)
            story_of = stories.assign(tx, {ids[each.key]: each for each in found}, WINDOW)
            for each in found:
                for hit in book.matcher.match(document(each, feed)):
                    self._match(tx, ids[each.key], story_of[ids[each.key]], hit.rule, hit.spans, state, reason)

        self.writing(store)

    def _match(
        self, tx: Tx, article_id: int, story_id: int, rule: Rule, spans: tuple[Span, ...], state: FateState, reason: str
    ) -> None:
        new = matches.add(tx, [matches.NewMatch(article_id, story_id, rule.id, rule.version, spans)])
        fates.add(tx, [fates.NewFate(each, digest, state, reason) for each in new.values() for digest in rule.deliver])

    def send(self, digest: str, *answers: Receipt, slot: str = "", parts: int = 1) -> None:
        """Make an edition of all that waits for a digest, and let the other side answer each attempt in turn."""
        name = slot or f"{self.clock():%Y-%m-%d %H:%M}"

        def make(tx: Tx) -> None:
            waiting = [each.match_id for each in fates.pending(tx, digest)]
            new = edition(f"{digest}/{name}", digest, slot=name, at=self.clock())
            editions.make(tx, new, waiting, [parcel(new.id, part=part) for part in range(1, parts + 1)])

        self.writing(make)
        for each in answers:
            self.clock.advance(timedelta(minutes=1))
            self.writing(partial(self._answer, each))

    def _answer(self, receipt: Receipt, tx: Tx) -> None:
        final = receipt.outcome in (Outcome.SENT, Outcome.REFUSED)
        state = {Outcome.SENT: DeliveryState.SENT, Outcome.REFUSED: DeliveryState.DEAD}.get(
            receipt.outcome, DeliveryState.PENDING
        )
        for row in deliveries.claim(tx, 10, LEASE):
            verdict = Verdict(state, None if final else tx.now, "because", row.attempts + 1)
            deliveries.settle(tx, row.id, row.token, deliveries.Attempt(tx.now, timedelta(seconds=1), receipt), verdict)


def news(title: str, body: str = "", *, feed: str = "harbour", seen_at: datetime = MONDAY) -> Article:
    """An article that leads to a page named after its title."""
    key = "-".join(title.lower().split())
    return article(key, feed, title=title, body=body, seen_at=seen_at)
