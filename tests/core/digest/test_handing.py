"""Who tells what waits for a digest that is no longer configured."""

from monitor.core.digest.handing import Handing, Orphan, hand_over

FERRY, STORM, GONE = (Orphan(number, "instant", rule) for number, rule in enumerate(("ferry", "storm", "gone")))


def test_the_digests_that_its_rule_delivers_to_now_tell_it() -> None:
    deliver = {"ferry": ("alerts", "morning"), "storm": (), "market": ("alerts",)}
    assert list(hand_over([FERRY, STORM, GONE], deliver)) == [Handing(FERRY, ("alerts", "morning"))]


def test_the_reason_names_who_tells_it() -> None:
    told = "its digest is no longer configured; handed to 'alerts', 'morning'"
    assert Handing(FERRY, ("alerts", "morning")).reason == told
