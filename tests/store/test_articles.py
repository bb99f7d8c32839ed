"""What the feeds brought: articles and their stories, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from monitor.core.identity import Known
from monitor.core.match.narrowing import Holds
from monitor.core.model import Article
from monitor.core.stories import title_keys
from monitor.store import Store, archive, articles, routes, schema, stories, words
from tests.clock import MONDAY, ManualClock
from tests.store.newsroom import WINDOW, article, open_house, publish


@pytest.fixture
def house(store: Store) -> Store:
    with store.transaction() as tx:
        open_house(tx)
    return store


def saved(store: Store, *found: Article) -> dict[str, int]:
    with store.transaction() as tx:
        return articles.save(tx, found)


def story_of(store: Store, *found: Article) -> list[int]:
    """Save each article in a poll of its own and return their stories."""
    chosen = []
    for each in found:
        with store.transaction() as tx:
            (article_id,) = articles.save(tx, [each]).values()
            chosen.append(stories.assign(tx, {article_id: each}, WINDOW)[article_id])
    return chosen


def test_an_article_is_stored_once_however_often_its_feed_states_it(house: Store) -> None:
    assert list(saved(house, article())) == ["ferry-1"]
    assert saved(house, article()) == {}


def test_an_article_whose_text_changed_is_the_same_article_in_a_new_version(house: Store) -> None:
    first = saved(house, article())
    assert saved(house, article(title="Ferry line opens late")) == first
    with house.reading() as tx:
        (known,) = articles.known(tx, "harbour", ["ferry-1"]).values()
        assert known == Known(
            first["ferry-1"], "Ferry line opens late", f"Ferry line opens late|{article().body}", MONDAY
        )
        assert [(each.version, each.title) for each in articles.earlier(tx, known.id)] == [(1, "Ferry line opens")]


def test_an_article_is_known_by_any_of_its_keys(house: Store) -> None:
    first = saved(house, article(other_keys=("page",), loose_keys=("about",)))
    assert list(saved(house, article("renamed", other_keys=("page",)))) == []
    assert list(saved(house, article("renamed", title="Edited"))) == ["renamed"]
    assert list(saved(house, article("again", title="Ferry line edited", loose_keys=("about",)))) == ["again"]
    with house.reading() as tx:
        known = articles.known(tx, "harbour", ["ferry-1", "page", "about", "renamed", "again", "none"])
    assert {each.id for each in known.values()} == set(first.values())
    assert "none" not in known


def test_a_key_that_is_not_sure_counts_only_where_the_titles_are_akin(house: Store) -> None:
    (first,) = saved(house, article(loose_keys=("section",))).values()
    (second,) = saved(house, article("other", title="Storm closes port", loose_keys=("section",))).values()
    assert first != second
    with house.reading() as tx:
        assert articles.known(tx, "harbour", ["section"])["section"].id == first


def test_an_article_that_moved_has_its_new_address_and_date_and_no_new_version(
    house: Store, clock: ManualClock
) -> None:
    (number,) = saved(house, article(other_keys=("page",))).values()
    later = clock.advance(timedelta(hours=2))
    there = replace(article("moved", seen_at=later, other_keys=("page",)), url="https://harbour.example/there")
    assert saved(house, replace(there, published=later - timedelta(hours=1))) == {}
    assert saved(house, replace(there, key="undated", published=later)) == {}
    with house.reading() as tx:
        found = routes.article(tx, number)
    assert found is not None
    assert (found.article.url, found.version) == ("https://harbour.example/there", 1)
    assert found.article.published == later - timedelta(hours=1)
    assert found.article.seen_at == MONDAY


def test_an_article_that_ticks_keeps_its_last_texts(house: Store) -> None:
    for minute in range(30):
        saved(house, article(title=f"Ferry line opens, minute {minute}", seen_at=MONDAY + timedelta(minutes=minute)))
    with house.reading() as tx:
        earlier = articles.earlier(tx, 1)
    assert [each.version for each in earlier] == list(range(30 - articles.VERSIONS, 30))
    assert earlier[-1].title == "Ferry line opens, minute 28"
    assert earlier[-1].replaced_at == MONDAY + timedelta(minutes=29)


def test_a_feed_that_invents_an_id_at_every_poll_fills_no_table(house: Store) -> None:
    for poll in range(articles.KEYS + 20):
        saved(house, article(f"id-{poll}", other_keys=("page",)))
    with house.reading() as tx:
        assert len(articles.known(tx, "harbour", [f"id-{poll}" for poll in range(100)])) == articles.KEYS - 1
        assert archive.count(tx) == 1


def test_one_key_in_two_feeds_is_two_articles(house: Store) -> None:
    ours, theirs = saved(house, article()), saved(house, article(feed_id="valley"))
    assert ours["ferry-1"] != theirs["ferry-1"]


def test_of_two_entries_with_one_key_the_first_counts(house: Store) -> None:
    saved(house, article(title="first"), article(title="second"))
    with house.reading() as tx:
        assert articles.known(tx, "harbour", ["ferry-1"])["ferry-1"].title == "first"


def test_articles_are_numbered_in_the_order_they_were_found(house: Store) -> None:
    ids = saved(house, *(article(f"k{n}") for n in range(5)))
    assert sorted(ids, key=ids.__getitem__) == [f"k{n}" for n in range(5)]


def test_known_answers_for_thousands_of_keys_at_once(house: Store) -> None:
    saved(house, *(article(f"k{n}") for n in range(1200)))
    with house.reading() as tx:
        assert len(articles.known(tx, "harbour", [f"k{n}" for n in range(5000)])) == 1200


@pytest.mark.parametrize("hostile", ["nul \x00 here", "half \ud800 pair", "emoji 🛳 stays", "x" * 1_000_000])
def test_text_no_database_takes_is_stored_all_the_same(house: Store, hostile: str) -> None:
    odd = article(hostile[:20], title=hostile[:500], body=hostile, content_hash="h", story_keys=(hostile[:20],))
    with house.transaction() as tx:
        ids = articles.save(tx, [odd])
        assert list(ids) == [odd.key]
        assert stories.assign(tx, {ids[odd.key]: odd}, WINDOW)
        assert articles.save(tx, [odd]) == {}


def test_a_time_without_a_zone_is_refused(house: Store) -> None:
    with pytest.raises(Exception, match="without a zone"):
        saved(house, replace(article(), published=MONDAY.replace(tzinfo=None)))


def test_copies_in_two_feeds_are_one_story(house: Store) -> None:
    ours, theirs = story_of(
        house, article(story_keys=("url:a",)), article(feed_id="valley", story_keys=("url:a", "text:b"))
    )
    assert ours == theirs


def test_articles_without_a_key_in_common_are_stories_of_their_own(house: Store) -> None:
    one, two, three = story_of(
        house, article("a", story_keys=("url:a",)), article("b", story_keys=("url:b",)), article("c")
    )
    assert len({one, two, three}) == 3


def test_copies_that_come_in_one_poll_are_one_story(house: Store) -> None:
    copies = [article(f"k{n}", story_keys=(f"url:{n}", "text:same")) for n in range(3)]
    with house.transaction() as tx:
        ids = articles.save(tx, copies)
        chosen = stories.assign(tx, {ids[each.key]: each for each in copies}, WINDOW)
    assert len(set(chosen.values())) == 1


@pytest.mark.parametrize(("later", "same"), [(WINDOW, True), (WINDOW + timedelta(seconds=1), False)])
def test_a_copy_joins_a_story_only_within_the_window(house: Store, later: timedelta, same: bool) -> None:
    first = article("a", story_keys=("text:x",))
    second = article("b", story_keys=("text:x",), seen_at=MONDAY + later)
    one, two = story_of(house, first, second)
    assert (one == two) is same


def test_a_key_leads_to_the_story_that_still_takes_copies(house: Store) -> None:
    times = (timedelta(0), timedelta(hours=40), timedelta(hours=80), timedelta(hours=120))
    found = [article(f"k{n}", story_keys=("text:x",), seen_at=MONDAY + after) for n, after in enumerate(times)]
    first, second, third, fourth = story_of(house, *found)
    assert first == second != third == fourth


def test_a_story_that_was_edited_late_still_takes_what_its_beginning_allows(house: Store) -> None:
    late = MONDAY + timedelta(hours=60)
    found = [
        article("a", story_keys=("text:a",)),
        article("a", title="changed", story_keys=("text:b",), seen_at=late),
        article("b", story_keys=("text:b",), seen_at=MONDAY + timedelta(hours=72)),
        article("c", story_keys=("text:b",), seen_at=MONDAY + timedelta(hours=73)),
    ]
    first, same, copy, after = story_of(house, *found)
    assert first == same == copy != after


def test_an_article_that_ties_two_stories_together_joins_the_older(house: Store) -> None:
    older, newer, tie = story_of(
        house,
        article("a", story_keys=("url:a",)),
        article("b", story_keys=("text:b",)),
        article("c", story_keys=("text:b", "url:a")),
    )
    assert tie == older != newer


def test_a_changed_article_keeps_its_story_whatever_its_keys_say_now(house: Store) -> None:
    first, _, changed = story_of(
        house,
        article("a", story_keys=("text:a",)),
        article("b", story_keys=("text:b",)),
        article("a", title="changed", story_keys=("text:b",)),
    )
    assert changed == first


def test_what_an_aggregator_lists_joins_the_story_of_its_title_whichever_came_first(house: Store) -> None:
    own, listed = (title_keys("Ferries to sail at night", MONDAY, listed=each) for each in (False, True))
    found = [
        replace(article("own"), title_keys=own),
        replace(article("listed", "valley"), title_keys=listed),
        replace(article("namesake"), title_keys=own),
    ]
    one, two, three = story_of(house, *found)
    assert one == two != three
    early = [replace(each, title_keys=tuple(f"{key}x" for key in each.title_keys)) for each in found]
    first, second = story_of(house, replace(early[1], key="early"), replace(early[0], key="late"))
    assert first == second


def alert(key: str, outlet: str, body: str = "", *, seen_at: datetime = MONDAY) -> Article:
    """An article of little text that an outlet published under the headline of everybody's."""
    title = f"Two ferries collide in fog off the old harbour wall - {outlet}"
    found = replace(article(key, title=title, body=body, seen_at=seen_at), publisher=outlet)
    return replace(found, title_keys=title_keys(title.removesuffix(f" - {outlet}"), seen_at, listed=False))


def test_alerts_of_several_outlets_under_one_headline_are_one_story_in_one_poll_or_in_many(house: Store) -> None:
    found = [alert("a", "Coast"), alert("b", "Hill", "More follows soon."), alert("c", "Dale", "All are safe.")]
    with house.transaction() as tx:
        ids = articles.save(tx, found)
        first = set(stories.assign(tx, {ids[each.key]: each for each in found}, WINDOW).values())
    later = story_of(house, alert("d", "Moor"), alert("e", "Fen"))
    assert {*first, *later} == first
    assert len(first) == 1


def test_a_ticker_under_one_headline_stays_as_many_stories_as_it_has_entries(house: Store) -> None:
    first, second, other, third = story_of(
        house, alert("a", "Coast"), alert("b", "Coast"), alert("c", "Hill"), alert("d", "Coast")
    )
    assert len({first, second, third}) == 3
    assert other == first


def test_texts_under_one_headline_are_for_the_texts_to_decide(house: Store) -> None:
    texts = [" ".join(f"{word}{n}" for n in range(30)) for word in ("boat", "fog", "wall")]
    one, alone, alerted = story_of(
        house, alert("a", "Coast", texts[0]), alert("b", "Hill", texts[1]), alert("c", "Dale")
    )
    assert one == alerted != alone
    [last] = story_of(house, alert("d", "Moor", texts[2]))
    assert last not in {one, alone}


def test_a_headline_leads_to_no_story_that_takes_no_more_copies(house: Store) -> None:
    times = (MONDAY, MONDAY + timedelta(hours=70), MONDAY + timedelta(hours=73))
    first, second, third = (alert(f"k{n}", f"Outlet {n}", seen_at=at) for n, at in enumerate(times))
    one, two, three = story_of(
        house, replace(first, story_keys=("page:x",)), replace(second, story_keys=("page:x",)), third
    )
    assert one == two != three


def test_old_articles_go_a_batch_at_a_time_and_matched_ones_stay(house: Store, clock: ManualClock) -> None:
    with house.transaction() as tx:
        publish(tx, article("kept"))
        articles.save(tx, [article(f"k{n}") for n in range(25)])
    later = clock.advance(timedelta(days=200)) - timedelta(days=180)
    gone = []
    for _ in range(4):
        with house.transaction() as tx:
            gone.append(articles.prune(tx, later, limit=10))
    assert gone == [10, 10, 5, 0]
    with house.reading() as tx:
        assert list(articles.known(tx, "harbour", ["kept", "k0"])) == ["kept"]


def test_what_is_kept_of_an_article_goes_with_it_and_nothing_else(house: Store, clock: ManualClock) -> None:
    with house.transaction() as tx:
        for title in ("Ferry line opens", "Ferry line opens late"):
            publish(tx, article("kept", title=title, other_keys=("kept-page",)))
            articles.save(tx, [article("gone", title=title, other_keys=("gone-page",))])
        articles.prune(tx, clock() + timedelta(days=1))
    with house.reading() as tx:
        for table in (schema.article_keys, schema.article_versions, schema.articles):
            column = table.c.id if table is schema.articles else table.c.article_id
            assert set(tx.conn.execute(sa.select(column)).scalars()) == {1}
        assert list(tx.conn.execute(sa.select(words.holding(tx, Holds("ferry")))).scalars()) == [1]


def test_old_story_keys_go_then_stories_that_nothing_refers_to(house: Store) -> None:
    with house.transaction() as tx:
        publish(tx, article("kept", story_keys=("url:kept",)))
    story_of(house, *(article(f"k{n}", story_keys=(f"url:{n}",)) for n in range(6)))
    later = MONDAY + timedelta(days=8)
    with house.transaction() as tx:
        articles.prune(tx, later)
        assert stories.prune(tx, later, limit=4) == 4
        assert stories.prune(tx, later, limit=100) == 3 + 6
        assert stories.prune(tx, later, limit=100) == 0


def test_a_sample_has_the_texts_of_articles_from_all_over_the_archive(house: Store) -> None:
    found = [article(f"k{n}", title=f"title {n}") for n in range(articles.SAMPLE * 3)]
    saved(house, *found)
    with house.reading() as tx:
        texts = articles.sample(tx)
    assert len(texts) == articles.SAMPLE
    numbers = [int(text.splitlines()[0].removeprefix("title ")) for text in texts]
    assert min(numbers) < 10
    assert max(numbers) == len(found) - 1
    assert "The first boat leaves at dawn." in texts[0]


def test_a_sample_of_a_small_archive_is_all_of_it_and_holds_the_beginnings_of_long_texts(house: Store) -> None:
    saved(house, article("short"), article("long", body="tide " * articles.LONGEST_SAMPLED))
    with house.reading() as tx:
        texts = articles.sample(tx)
    assert len(texts) == 2
    assert max(map(len, texts)) < articles.LONGEST_SAMPLED + 200


def test_there_is_no_sample_of_an_empty_archive(house: Store) -> None:
    with house.reading() as tx:
        assert articles.sample(tx) == []
