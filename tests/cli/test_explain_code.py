"""`presswatch explain-code`."""

import re
from pathlib import Path

import monitor
from monitor.cli.explain_code import TABLES
from tests.cli.conftest import Run


def test_a_code_is_explained_however_it_is_written(run: Run) -> None:
    for code in ("PW110", "pw110"):
        result = run("explain-code", code)
        assert result.exit_code == 0
        assert result.stdout.startswith("PW110: A key that does not exist.")


def test_an_unknown_code_is_wrong_usage_with_the_next_ones(run: Run) -> None:
    result = run("explain-code", "PW11")
    assert result.exit_code == 2
    assert "PW11" in result.stderr
    assert re.search(r"Close to it: PW\d{3}, ", result.stderr)


def test_every_code_that_the_program_tells_is_explained() -> None:
    package = Path(monitor.__file__).parent
    told = {
        code for file in package.rglob("*.py") for code in re.findall(r'"(PW\d{3})"', file.read_text(encoding="utf-8"))
    }
    assert told <= {code for table in TABLES for code in table}
