"""The last good set of rules: kept when it is put in force, and there for a start in the middle of an edit."""

from pathlib import Path

import pytest

from monitor.app.rules import keep, load_or_last_good
from monitor.errors import RulesError
from monitor.rulebook import Known
from tests.app.conftest import RULES

NAMES = Known(digests={"instant"}, feeds=set(), tags=set())
BROKEN = "rules:\n  - {id: ferry, match: (ferry}\n"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "rules-in-force"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two rule files of one name in two folders."""
    made = [tmp_path / folder / "desk.yaml" for folder in ("home", "world")]
    for file, word in zip(made, ("ferry", "storm"), strict=True):
        file.parent.mkdir()
        file.write_text(RULES.replace("ferry", word))
    return made


def test_good_rules_are_loaded_from_where_they_are(files: list[Path], kept: Path) -> None:
    rulebook, fault = load_or_last_good(files, NAMES, kept)
    assert fault is None
    assert [rule.id for rule in rulebook.rules] == ["ferry", "storm"]


def test_faulty_rules_leave_the_last_good_set_in_force_and_are_told(files: list[Path], kept: Path) -> None:
    good, _ = load_or_last_good(files, NAMES, kept)
    keep(files, kept)
    files[1].write_text(BROKEN)
    rulebook, fault = load_or_last_good(files, NAMES, kept)
    assert fault is not None
    assert fault.diagnostics[0].path == str(files[1])
    assert [(rule.id, rule.version) for rule in rulebook.rules] == [(rule.id, rule.version) for rule in good.rules]


def test_without_a_last_good_set_there_is_nothing_to_start_with(files: list[Path], kept: Path) -> None:
    files[0].write_text(BROKEN)
    with pytest.raises(RulesError):
        load_or_last_good(files, NAMES, kept)


def test_a_last_good_set_that_does_not_fit_the_configuration_is_none(files: list[Path], kept: Path) -> None:
    keep(files, kept)
    files[0].write_text(BROKEN)
    with pytest.raises(RulesError) as caught:
        load_or_last_good(files, Known(digests={"morning"}, feeds=set(), tags=set()), kept)
    assert caught.value.diagnostics[0].path == str(files[0])


def test_only_the_newest_good_set_is_kept(files: list[Path], kept: Path) -> None:
    keep(files, kept)
    keep(files[:1], kept)
    assert [path.name for path in kept.iterdir()] == ["0000-desk.yaml"]
    assert [path.name for path in kept.parent.iterdir() if "rules-in-force" in path.name] == ["rules-in-force"]


def test_a_process_that_died_while_it_kept_a_set_has_lost_none(files: list[Path], kept: Path) -> None:
    keep(files, kept)
    kept.rename(kept.with_name("rules-in-force.old"))
    files[0].write_text(BROKEN)
    rulebook, _ = load_or_last_good(files, NAMES, kept)
    assert len(rulebook.rules) == 2
    files[0].write_text(RULES)
    keep(files, kept)
    assert len(list(kept.iterdir())) == 2


def test_a_folder_that_cannot_be_written_costs_only_the_copy(
    files: list[Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    keep(files, tmp_path / "data" / "rules-in-force")
    assert "could not be copied" in caplog.text
