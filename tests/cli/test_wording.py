"""Numbers, paths and the names of streams as commands say them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.cli.wording import counted, in_json, near, numbered, stream_name


def test_a_number_agrees_with_what_it_counts() -> None:
    assert [numbered(number, "rule") for number in (0, 1, 1_000)] == ["0 rules", "1 rule", "1,000 rules"]
    assert [numbered(number, "story", "stories") for number in (1, 2)] == ["1 story", "2 stories"]
    assert [counted(number, "rule") for number in (0, 1, 2)] == ["no rules", "1 rule", "2 rules"]


def test_a_path_below_the_folder_is_told_from_there_and_another_one_whole() -> None:
    assert near("/desk/rules/sea.yaml", Path("/desk")) == "rules/sea.yaml"
    assert near("/other/sea.yaml", Path("/desk")) == "/other/sea.yaml"
    assert near("", Path("/desk")) == ""


def test_what_a_stream_is_called_cannot_command_the_terminal() -> None:
    assert stream_name(Path("-")) == "stdin"
    assert "\x1b" not in stream_name(Path("sea\x1b[2J.jsonl"))


def test_json_has_moments_by_the_second_lengths_of_time_in_seconds_and_letters_as_they_are() -> None:
    told = {
        "at": datetime(2026, 11, 23, 7, 0, 0, 999, UTC),
        "wait": timedelta(minutes=1.5),
        "title": "Київ",
        "until": None,
    }
    assert in_json(told) == '{"at": "2026-11-23T07:00:00Z", "wait": 90.0, "title": "Київ", "until": null}'
