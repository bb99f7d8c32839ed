"""Files that people edit are looked at: a change is told when it has come to rest, until it was dealt with."""

import os
from pathlib import Path

from monitor.watching import Watch, look


def test_every_way_of_saving_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    looks = [look([file])]
    file.write_text("one")
    looks.append(look([file]))
    file.write_text("two")
    os.utime(file, ns=(1, 1))
    looks.append(look([file]))
    (tmp_path / "desk.new").write_text("two")
    os.utime(tmp_path / "desk.new", ns=(1, 1))
    (tmp_path / "desk.new").replace(file)
    looks.append(look([file]))
    assert len(set(looks)) == 4


def test_nothing_is_said_while_nothing_changes(tmp_path: Path) -> None:
    now = look([tmp_path])
    watch = Watch(now)
    assert not any(watch.settled(now) for _ in range(3))


def test_an_editor_that_is_still_writing_is_not_interrupted(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    watch = Watch(look([file]))
    for text in ("r", "ru", "rul"):
        file.write_text(text)
        assert not watch.settled(look([file]))
    assert watch.settled(look([file]))


def test_a_change_is_told_until_it_was_dealt_with(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    watch = Watch(look([file]))
    file.write_text("rules: []")
    now = look([file])
    assert [watch.settled(now) for _ in range(3)] == [False, True, True]
    watch.accept(now)
    assert not watch.settled(now)


def test_a_change_that_came_while_another_was_dealt_with_is_told(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    watch = Watch(look([file]))
    file.write_text("rules: []")
    dealt_with = look([file])
    watch.settled(dealt_with)
    file.write_text("rules: [] # more")
    watch.accept(dealt_with)
    assert [watch.settled(look([file])) for _ in range(2)] == [False, True]
