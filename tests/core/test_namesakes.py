"""Alerts of several outlets under one headline are one story; columns, tickers and forecasts are not."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.copies import Told
from monitor.core.model import Story
from monitor.core.namesakes import Namesakes, one_title
from monitor.core.stories import title_keys

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WINDOW = timedelta(hours=72)
TITLE = "Two ferries collide in fog off the old harbour wall"
TEASER = "Passengers are being taken ashore."
TEXT = (
    "Two ferries with ninety people on board collided in thick fog this morning, the coast guard said, and boats of the harbour "
    "master are bringing passengers ashore."
)
OTHER = (
    "What the coast guard is asked about the collision: why both captains had left the lane, who was on watch, and when the "
    "siren on the wall was last tried by anybody."
)


def alert(outlet: str, text: str = "", *, title: str = TITLE, story: int = 0, after: timedelta = timedelta(0)) -> Told:
    return Told(outlet, title, text, "", Story(story, NOON + after))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(alert("a"), alert("b"), True, id="two alerts without a text"),
        pytest.param(alert("a", TEASER), alert("b", "More soon."), True, id="two teasers of other words"),
        pytest.param(alert("a"), alert("b", TEXT), True, id="an alert and a text"),
        pytest.param(alert("a", TEXT), alert("b", OTHER), False, id="two texts, which decide by themselves"),
        pytest.param(alert("a"), alert("a"), False, id="a ticker of one outlet"),
        pytest.param(
            alert("a", title="The weather on the coast"),
            alert("b", title="The weather on the coast"),
            False,
            id="a title of five words",
        ),
        pytest.param(
            alert("a", "The index lost 120 points."), alert("b", "The index lost 31 points."), False, id="other numbers"
        ),
        pytest.param(
            alert("a", "Five are hurt."), alert("b", "Fifty are hurt."), False, id="other numbers in words"
        ),
        pytest.param(
            alert("a", "Five are hurt."), alert("b", "At 9 in the morning, 5 were hurt."), True, id="one number more"
        ),
    ],
)  # fmt: skip
def test_which_articles_of_one_title_are_one_story(one: Told, other: Told, same: bool) -> None:
    assert one_title(one, other) is one_title(other, one) is same


def number(recent: Namesakes, told: Told, *, published: datetime = NOON) -> int | None:
    found = recent.story_of(title_keys(told.title, published, listed=False), told, WINDOW)
    return found and found.number


def those(*told: Told, listed: bool = False) -> Namesakes:
    recent = Namesakes()
    for each in told:
        recent.add(title_keys(each.title, NOON, listed=listed), each)
    return recent


def test_an_alert_joins_the_oldest_story_of_its_title() -> None:
    recent = those(alert("b", story=8), alert("a", story=7))
    assert number(recent, alert("c")) == 7
    assert number(recent, alert("c", title=TITLE.upper())) == 7
    assert number(recent, alert("c", title="Two ferries collide in fog off the new harbour wall")) is None


def test_what_an_outlet_tells_twice_meets_what_another_does_in_turn() -> None:
    recent = those(alert("a", story=1), alert("b", story=1), alert("a", story=2))
    assert number(recent, alert("b")) == 2
    assert number(recent, alert("c")) == 1


def test_texts_that_are_unlike_do_not_meet_through_an_alert() -> None:
    recent = those(alert("a", TEXT, story=1), alert("b", story=1))
    assert number(recent, alert("c", OTHER)) is None
    assert number(recent, alert("c", TEASER)) == 1


def test_an_alert_that_an_aggregator_lists_counts_as_well() -> None:
    assert number(those(alert("a", story=1), listed=True), alert("b")) == 1


def test_the_same_title_tomorrow_is_another_story() -> None:
    assert number(those(alert("a", story=1)), alert("b"), published=NOON + timedelta(hours=13)) is None


def test_a_story_that_takes_no_more_copies_takes_no_alert() -> None:
    recent = those(alert("a", story=1, after=-WINDOW))
    assert number(recent, alert("b")) == 1
    assert number(recent, alert("b", after=timedelta(seconds=1))) is None
