"""Numbers, paths and the names of streams as commands say them."""

from pathlib import Path

from monitor.cli.wording import counted, near, numbered, stream_name


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
