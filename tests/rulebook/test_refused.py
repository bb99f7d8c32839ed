"""Every mistake that is refused, with the exact words in which it is told.

refused.txt is a table: a title after ====, rule files (a line of >>>> and a name begins a further one), and after ---- what is
told. Characters that cannot be seen are written as in UNSEEN.
"""

import re
from pathlib import Path

import pytest

from monitor.core import query
from monitor.rulebook import CODES
from tests.rulebook.conftest import Told

TABLE = (Path(__file__).parent / "refused.txt").read_text(encoding="utf-8")
UNSEEN = {"\\t": "\t", "<CR>": "\r", "<NBSP>": "\u00a0", "<BOM>": "\ufeff"}
_CASE = re.compile(r"^==== (.*)\n((?:(?!----$).*\n)*)----\n((?:(?!====).*\n)*)", re.MULTILINE)
CASES = {found[1]: (found[2], found[3].split("\n")[:-1]) for found in _CASE.finditer(TABLE)}


@pytest.mark.parametrize("title", CASES)
def test_a_mistake_is_told_in_exactly_these_words(told: Told, title: str) -> None:
    files, expected = CASES[title]
    for name, character in UNSEEN.items():
        files = files.replace(name, character)
    first, *others = re.split(r"^>>>> (.*)\n", files, flags=re.MULTILINE)
    assert told(first, dict(zip(others[::2], others[1::2], strict=True))) == [line for line in expected if line]


def test_every_case_of_the_table_is_read() -> None:
    assert len(CASES) == len(re.findall("^====", TABLE, re.MULTILINE))


def test_every_code_of_rule_files_and_queries_is_in_the_table_or_tested_by_its_file() -> None:
    told_of = set(re.findall(r"\[(PW\d+)\]", TABLE))
    by_its_file = {"PW100", "PW101", "PW102", "PW117", "PW417"}
    by_the_workshop = {"PW213", "PW214", "PW430", "PW431"}
    assert set(CODES) | set(query.CODES) == told_of | by_its_file | by_the_workshop
