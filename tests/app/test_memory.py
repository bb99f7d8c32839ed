"""The garbage collector stands still while rules are loaded, and never looks through what was loaded."""

import gc

import pytest

from monitor.app.memory import growing


def test_what_grows_is_not_collected_then_nor_later() -> None:
    gc.unfreeze()
    assert gc.get_freeze_count() == 0
    with growing():
        assert not gc.isenabled()
        grown = [[number] for number in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() > len(grown)
    gc.unfreeze()


def test_the_collector_works_on_after_a_failure() -> None:
    def fails() -> None:
        with growing():
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fails()
    assert gc.isenabled()
    gc.unfreeze()
