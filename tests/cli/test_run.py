"""`presswatch run --once` says what its round brought."""

from monitor.app.daemon import Round
from monitor.cli.run import summary


def test_a_round_is_told_in_a_line() -> None:
    assert summary(Round(2, 1, 0)) == "2 feeds read, 1 edition made, 0 messages still to be sent."


def test_a_round_without_a_feed_says_why() -> None:
    told = summary(Round(0, 0, 1))
    assert told == (
        "0 feeds read (none was due: each is asked no sooner than its `every` says), 0 editions made, 1 message still to be sent."
    )
