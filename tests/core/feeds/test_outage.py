"""Failures while nothing answers are our own network's."""

from datetime import UTC, datetime, timedelta

from monitor.core.feeds.outage import MANY, Outlook, seen

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def after(*polls: tuple[int, str, str]) -> Outlook:
    outlook = Outlook()
    for seconds, host, kind in polls:
        outlook = seen(outlook, host, kind, NOW + seconds * SECOND)
    return outlook


def test_three_hosts_that_do_not_answer_for_a_minute_are_an_outage() -> None:
    outlook = after((0, "a", "dns"), (1, "b", "timeout"), (2, "c", "connect"))
    assert not outlook.down(NOW + 30 * SECOND)
    assert outlook.down(NOW + 60 * SECOND)


def test_many_hosts_that_do_not_answer_are_one_at_once() -> None:
    assert after(*((0, f"host-{number}", "dns") for number in range(MANY))).down(NOW)


def test_one_host_is_itself_to_blame_however_many_feeds_it_has() -> None:
    assert not after(*((number, "a", "dns") for number in range(1000))).down(NOW + 1000 * SECOND)


def test_whoever_answers_even_with_an_error_shows_that_the_network_is_there() -> None:
    for kind in ("", "http-500", "not-a-feed", "http-429"):
        outlook = after((0, "a", "dns"), (1, "b", "dns"), (2, "c", "dns"), (70, "d", kind), (71, "e", "dns"))
        assert not outlook.down(NOW + 120 * SECOND)


def test_files_say_nothing_of_the_network() -> None:
    assert after((0, "a", "dns"), (1, "b", "dns"), (2, "c", "dns"), (3, "", "")).down(NOW + 60 * SECOND)


def test_a_clock_that_jumps_back_starts_the_minute_anew() -> None:
    outlook = seen(after((0, "a", "dns"), (1, "b", "dns"), (2, "c", "dns")), "d", "dns", NOW - timedelta(days=1))
    assert not outlook.down(NOW - timedelta(days=1))
