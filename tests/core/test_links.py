"""Links that only we can make."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.links import Edition, Link, Links, Mute, Unsubscribe

KEY = bytes(range(32))
LINKS = Links("https://news.example.org/presswatch/", KEY)
LEAVE = Unsubscribe("morning", "ana@press.example")
QUIET = Mute("ferries", "instant", date(2026, 3, 2))

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
deeds = st.builds(Unsubscribe, names, names) | st.builds(Mute, names, names, st.dates()) | st.builds(Edition, names)


@given(deeds)
def test_a_link_says_what_it_was_made_for(deed: Link) -> None:
    token = LINKS.token(deed)
    assert LINKS.read(token) == deed
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@given(deeds, st.integers(0, 200), st.sampled_from("AZaz09-_."))
def test_a_link_that_was_changed_is_none(deed: Link, at: int, letter: str) -> None:
    token = LINKS.token(deed)
    at %= len(token)
    changed = token[:at] + letter + token[at + 1 :]
    if changed != token:
        assert LINKS.read(changed) in (None, deed)


def test_nobody_else_can_make_one() -> None:
    other = Links(LINKS.base_url, bytes(32))
    assert LINKS.read(other.token(LEAVE)) is None


@pytest.mark.parametrize("token", ["", ".", "a", "a.b", "e30.x", "é.é", "a" * 5000, "W10." + "A" * 22])
def test_what_is_no_link_of_ours_is_none(token: str) -> None:
    assert LINKS.read(token) is None


def test_a_link_begins_where_people_reach_us() -> None:
    assert LINKS.to(LEAVE).startswith("https://news.example.org/presswatch/do/")
    assert Links("", KEY).to(LEAVE) == ""


def test_a_message_mutes_for_a_month() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert not QUIET.over(noon + timedelta(days=30))
    assert QUIET.over(noon + timedelta(days=31))


def test_the_key_is_shown_nowhere() -> None:
    assert KEY.hex() not in repr(LINKS)
    assert "key" not in repr(LINKS)
