"""What a person sees of a fault: the line, a caret below the right characters, the way out; and never a secret."""

import json
from pathlib import Path

import click
import pytest
from rich.cells import cell_len

from monitor.cli import screens
from monitor.config import load
from monitor.diagnostics import Diagnostic, Severity
from monitor.errors import ConfigurationError

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def diagnostics() -> tuple[Diagnostic, ...]:
    """Every fault of faulty.toml and of two variables."""
    with pytest.raises(ConfigurationError) as caught:
        load(HERE / "faulty.toml", {"PRESSWATCH__FETCH__PER_HOST": "many", "PRESSWATCH__WEB__PROT": "80"})
    shown = [each for each in caught.value.diagnostics if each.path]
    assert len(shown) == len(caught.value.diagnostics)
    return caught.value.diagnostics


@pytest.mark.parametrize("form", screens.FORMATS)
def test_the_faults_of_a_configuration_are_shown_as_agreed(form: str, diagnostics: tuple[Diagnostic, ...]) -> None:
    shown = click.unstyle(screens.FORMATS[form](diagnostics)).replace(f"{HERE}/", "") + "\n"
    golden = HERE / "golden" / f"faulty.{form}"
    assert shown == golden.read_text(encoding="utf-8")


def test_no_form_shows_a_secret(diagnostics: tuple[Diagnostic, ...]) -> None:
    for form in screens.FORMATS.values():
        assert "opensesame" not in form(diagnostics)


def block(context: str, column: int, end: int, hint: str = "") -> list[str]:
    told = Diagnostic("PW110", "unknown key", "a.yaml", 7, column, end, context, hint)
    return click.unstyle(screens.full([told])).splitlines()


def test_carets_stand_below_wide_characters_and_tabs() -> None:
    *_, line, carets = block("\tタグ: 日本語", 6, 9)
    assert line == "7 |     タグ: 日本語"
    assert carets.index("^") == cell_len(line[: line.index("日")])
    assert carets.count("^") == cell_len("日本語")


def test_a_line_cannot_command_the_terminal() -> None:
    *_, line, carets = block("a: \x1b[2Jb\u202e", 9, 10)
    assert line == r"7 | a: \x1b[2Jb\u202e"
    assert carets.index("^") == line.index(r"\u202e") - 1 or carets.index("^") == line.index("b\\u202e") + 1


def test_of_a_very_long_line_only_the_surroundings_are_shown() -> None:
    *_, line, carets = block("x" * 5000 + "HERE" + "y" * 5000, 5001, 5005)
    assert len(line) < 250
    assert line[carets.index("^") : carets.rindex("^") + 1] == "HERE"


def test_a_fault_at_the_end_of_a_line_has_a_caret() -> None:
    assert block("key =", 6, 6)[-1] == "  |      ^"


def test_a_short_hint_stands_beside_the_carets_and_a_long_one_below() -> None:
    assert block("noen: 1", 1, 5, "did you mean 'none'?")[-1] == "  | ^^^^ did you mean 'none'?"
    assert block("noen: 1", 1, 5, "known here: " + "x" * 30)[-1] == "  = known here: " + "x" * 30


def test_a_fault_without_a_place_is_a_line() -> None:
    told = Diagnostic("PW402", "digest 'weekly' is delivered to by no rule", severity=Severity.WARNING)
    assert click.unstyle(screens.full([told])) == "warning[PW402]: digest 'weekly' is delivered to by no rule"


def test_an_annotation_escapes_what_github_would_read_as_its_own() -> None:
    told = Diagnostic("PW110", "50 %\nof it", "a,b:c.yaml", 3, 4, 6, hint="why")
    assert screens.github([told]) == (
        "::error file=a%2Cb%3Ac.yaml,line=3,col=4,endColumn=6,title=PW110::50 %25%0Aof it (why)"
    )


def test_the_json_form_holds_every_field(diagnostics: tuple[Diagnostic, ...]) -> None:
    told = json.loads(screens.as_json(diagnostics))
    assert told[0].keys() == set(Diagnostic.__dataclass_fields__)
