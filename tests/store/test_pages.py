"""Pages wait in a queue that several daemons share, and leave it for good."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from monitor.core.match.narrowing import Holds
from monitor.core.model import Article
from monitor.core.pages import OLDEST, Wish
from monitor.store import Store, articles, gates, pages, words
from monitor.store.hosts import Turns
from monitor.store.schema import articles as articles_table
from tests.clock import ManualClock
from tests.store.newsroom import LEASE, article, open_house

WANTED = Wish("a rule wants it")


def queued(store: Store, *found: Article, wish: Wish | None = WANTED) -> None:
    """Store articles as a poll does, and queue their pages."""
    with store.transaction() as tx:
        ids = articles.save(tx, found)
        pages.queue(tx, {ids[each.key]: (each, wish) for each in found if each.key in ids}, ids.changed)


def claimed(store: Store, most: int = 10) -> list[pages.Claim]:
    with store.transaction() as tx:
        return pages.claim(tx, most, LEASE)


def states(store: Store) -> Sequence[tuple[str, str]]:
    with store.reading() as tx:
        query = sa.select(articles_table.c.page, articles_table.c.page_why).order_by(articles_table.c.id)
        return [(row.page, row.page_why) for row in tx.conn.execute(query)]


def house(store: Store) -> None:
    with store.transaction() as tx:
        open_house(tx)


def test_a_page_is_claimed_with_all_that_its_reader_needs(store: Store) -> None:
    house(store)
    queued(store, article())
    (claim,) = claimed(store)
    assert (claim.url, claim.article.title, claim.feed.id, claim.attempts) == (
        "https://harbour.example/ferry-1",
        "Ferry line opens",
        "harbour",
        0,
    )
    assert claimed(store) == []


def test_what_nothing_asks_for_is_not_queued(store: Store) -> None:
    house(store)
    queued(store, article(), wish=Wish(""))
    queued(store, article("ferry-2"), wish=None)
    assert claimed(store) == []
    assert states(store) == [("", ""), ("", "")]


def test_a_text_that_was_read_is_found_by_its_words(store: Store) -> None:
    house(store)
    queued(store, article())
    (claim,) = claimed(store)
    with store.transaction() as tx:
        assert pages.read(tx, claim, "A lugger was seen.")
    with store.transaction() as tx:
        found = [
            list(tx.conn.execute(sa.select(words.holding(tx, Holds(each)))).scalars()) for each in ("lugger", "boat")
        ]
    assert found == [[claim.article_id], []]


def test_an_edit_puts_a_page_that_was_read_back_into_the_queue(store: Store) -> None:
    house(store)
    queued(store, article())
    (claim,) = claimed(store)
    with store.transaction() as tx:
        assert pages.read(tx, claim, "A lugger was seen.")
    queued(store, article(body="Another text."), wish=Wish(""))
    assert states(store) == [("waiting", "")]
    (again,) = claimed(store)
    assert again.article.body == "Another text."


def test_an_edit_of_what_is_not_wanted_any_more_takes_it_out(store: Store) -> None:
    house(store)
    queued(store, article())
    queued(store, article(body="Another text."), wish=None)
    assert claimed(store) == []
    assert states(store) == [("", "")]


def test_an_edit_that_leads_nowhere_takes_it_out_and_says_why(store: Store) -> None:
    house(store)
    queued(store, article())
    queued(store, article(body="Another text."), wish=Wish("", "no link"))
    assert claimed(store) == []
    assert states(store) == [("failed", "no link")]


def test_what_was_put_off_comes_again_with_its_attempts(store: Store, clock: ManualClock) -> None:
    house(store)
    queued(store, article())
    (claim,) = claimed(store)
    with store.transaction() as tx:
        assert pages.later(tx, claim, timedelta(minutes=10), 1)
    clock.advance(timedelta(minutes=9))
    assert claimed(store) == []
    clock.advance(timedelta(minutes=2))
    assert [each.attempts for each in claimed(store)] == [1]


def test_of_one_host_no_more_pages_are_read_at_a_time_than_it_has_turns(store: Store, clock: ManualClock) -> None:
    house(store)
    slow = [replace(article(f"slow-{number}"), url=f"https://slow.example/{number}") for number in range(40)]
    queued(store, *slow)
    queued(store, article("ferry-2"))
    turns = Turns(2, lambda _: False)
    with store.transaction() as tx:
        taken = pages.claim(tx, 8, LEASE, turns)
    assert sorted(each.host for each in taken) == ["harbour.example", "slow.example", "slow.example"]
    clock.advance(timedelta(seconds=2))
    with store.transaction() as tx:
        assert pages.claim(tx, 8, LEASE, turns, Counter({"slow.example": 2})) == []
        assert pages.awaits_turn(tx)
        assert len(pages.claim(tx, 8, LEASE, turns, Counter({"slow.example": 1}))) == 1


def test_a_host_goes_by_one_name_however_it_is_written(store: Store) -> None:
    house(store)
    queued(store, replace(article(), url="https://müller.example/1"))
    with store.transaction() as tx:
        gates.put(tx, gates.host("xn--mller-kva.example"), tx.now + timedelta(hours=1), "asked to wait")
    assert claimed(store) == []


def test_a_host_that_did_not_answer_is_left_alone_with_its_other_pages(store: Store, clock: ManualClock) -> None:
    house(store)
    queued(store, *(replace(article(f"slow-{number}"), url=f"https://slow.example/{number}") for number in range(3)))
    queued(store, article("ferry-2"))
    (claim,) = claimed(store, 1)
    with store.transaction() as tx:
        assert pages.later(tx, claim, timedelta(minutes=5), 1, others=timedelta(minutes=1))
    assert [each.host for each in claimed(store)] == ["harbour.example"]
    clock.advance(timedelta(minutes=1))
    assert [each.attempts for each in claimed(store)] == [0, 0]


def test_what_a_daemon_that_died_was_reading_is_due_at_once_where_there_is_only_one(sqlite_store: Store) -> None:
    house(sqlite_store)
    queued(sqlite_store, article())
    assert len(claimed(sqlite_store)) == 1
    with sqlite_store.transaction() as tx:
        pages.recover(tx)
    assert len(claimed(sqlite_store)) == 1


def test_a_clock_that_was_wrong_puts_no_page_off_for_long(store: Store) -> None:
    house(store)
    queued(store, article())
    (claim,) = claimed(store)
    with store.transaction() as tx:
        pages.later(tx, claim, timedelta(days=4000), 1)
        pages.recover(tx)
    assert len(claimed(store)) == 1


def test_pages_that_nobody_reads_are_given_up_after_a_day(store: Store, clock: ManualClock) -> None:
    house(store)
    queued(store, article())
    clock.advance(OLDEST + timedelta(minutes=1))
    queued(store, article("ferry-2", seen_at=clock()))
    with store.transaction() as tx:
        assert pages.expire(tx, tx.now - OLDEST) == 1
    assert states(store) == [("failed", "the page was not to be had for a day"), ("waiting", "")]
    assert len(claimed(store)) == 1


def test_two_daemons_share_the_pages_without_overlap(
    postgres_store: Store, postgres_url: str, clock: ManualClock
) -> None:
    house(postgres_store)
    queued(postgres_store, *(article(f"ferry-{number}", title=f"Ferry {number}") for number in range(200)))
    with Store(postgres_url, clock=clock) as other:
        other.open()
        with ThreadPoolExecutor(2) as pool:
            one, two = pool.map(_drain, (postgres_store, other))
    assert len(one) + len(two) == 200
    assert len({each.article_id for each in one + two}) == 200


def _drain(store: Store) -> list[pages.Claim]:
    taken: list[pages.Claim] = []
    while some := claimed(store, 7):
        taken += some
    return taken


def test_a_poll_and_a_page_of_one_article_do_not_lock_each_other_out(
    postgres_store: Store, postgres_url: str, clock: ManualClock
) -> None:
    house(postgres_store)
    queued(postgres_store, article())

    def edit(store: Store) -> None:
        for number in range(40):
            queued(store, article(body=f"Text {number}."))

    def read(store: Store) -> None:
        for _ in range(40):
            for claim in claimed(store):
                with store.transaction() as tx:
                    pages.read(tx, claim, "The page.")

    with Store(postgres_url, clock=clock) as other:
        other.open()
        with ThreadPoolExecutor(2) as pool:
            for each in [pool.submit(edit, postgres_store), pool.submit(read, other)]:
                each.result(60)
    assert {page for page, _ in states(postgres_store)} <= {"waiting", "read"}
