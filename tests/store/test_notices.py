"""What daemons say of their rules, on both databases."""

from monitor.store import Store, gates, notices


def standing(store: Store) -> dict[str, str]:
    with store.reading() as tx:
        return {each.name: each.why for each in notices.standing(tx)}


def test_a_notice_stands_until_it_is_changed_or_all_are_taken_down(store: Store) -> None:
    with store.transaction() as tx:
        notices.put(tx, notices.REFUSED, "one fault")
        notices.put(tx, notices.REFUSED, "two faults")
        notices.put(tx, f"{notices.OFF}runaway", "too slow")
    assert standing(store) == {"rules:refused": "two faults", "rules:off:runaway": "too slow"}
    with store.transaction() as tx:
        notices.clear(tx)
    assert standing(store) == {}


def test_notices_are_no_pauses_of_channels(store: Store) -> None:
    with store.transaction() as tx:
        gates.put(tx, gates.channel("desk"), None, "535 bad credentials")
        notices.put(tx, notices.ALWAYS, "1 of 2: a")
        notices.clear(tx)
        assert [each.name for each in gates.active(tx)] == ["channel:desk"]
