"""Every key and value of a TOML text is found where it stands."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.positions import Lines, Path, spots

TRICKY = '''\
# a [comment] = "no"
plain = 1   # after
"q\\u0041 . x".inner = 'v]'   # quoted and dotted
'lit # key' = true
long = """one
[not.a.table] \\""" still
two"""
quotes = """""two quotes at each end"""""
raw = \'\'\'it's
# raw\'\'\'

[ service . "sub table" ]
list = [ "a", # first
  [1, 2],
  { x = 1, y = { z = "}" } },
]
day = 1979-05-27 07:32:00   # a date with a blank

[[feeds]]
id = "one"
[feeds.headers]
Accept = "x"
[[feeds]]
id = "two"
[[feeds.part]]
n = 1
[[feeds.part]]
n = 2
'''


def written(text: str, path: Path) -> str:
    return text[slice(*spots(text)[path].value)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("plain",), "1"),
        (("qA . x", "inner"), "'v]'"),
        (("lit # key",), "true"),
        (("quotes",), '"""""two quotes at each end"""""'),
        (("service", "sub table", "list", 0), '"a"'),
        (("service", "sub table", "list", 1), "[1, 2]"),
        (("service", "sub table", "list", 1, 1), "2"),
        (("service", "sub table", "list", 2, "y", "z"), '"}"'),
        (("service", "sub table", "day"), "1979-05-27 07:32:00"),
        (("feeds", 0, "headers", "Accept"), '"x"'),
        (("feeds", 1, "id"), '"two"'),
        (("feeds", 1, "part", 1, "n"), "2"),
        (("feeds", 1), "[[feeds]]"),
    ],
)
def test_a_value_is_found_in_whatever_form_it_is_written(path: Path, value: str) -> None:
    assert written(TRICKY, path) == value


def test_every_value_of_the_document_has_its_place() -> None:
    assert leaves(tomllib.loads(TRICKY)) <= spots(TRICKY).keys()


def leaves(value: Any, path: Path = ()) -> set[Path]:
    if isinstance(value, dict):
        return {leaf for key, each in value.items() for leaf in leaves(each, (*path, key))}
    if isinstance(value, list):
        return {path} | {leaf for index, each in enumerate(value) for leaf in leaves(each, (*path, index))}
    return {path}


SCALARS = st.one_of(
    st.integers(-(2**40), 2**40).map(str),
    st.booleans().map(lambda value: str(value).lower()),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\')).map('"{}"'.format),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="'")).map("'{}'".format),
    st.sampled_from(["1.5e-3", "07:32:00", "1979-05-27T00:32:00Z", "inf", '"\\" \\u00e9"', '"""\n[x]\n"""']),
)
KEYS = st.sampled_from(["a", "b-c", '"d.e"', "'f # g'", "1", "true"])
SPACE = st.sampled_from(["", " ", "\t", "  "])
BREAK = st.sampled_from(["", " ", "\n", " # ] } =\n  "])


@st.composite
def values(draw: st.DrawFn, depth: int = 2) -> str:
    kind = draw(st.sampled_from(["scalar", "list", "table"])) if depth else "scalar"
    if kind == "scalar":
        return draw(SCALARS)
    inner = draw(st.lists(values(depth - 1), max_size=3))
    if kind == "list":
        return "[" + draw(BREAK) + ",".join(f"{draw(BREAK)}{each}{draw(BREAK)}" for each in inner) + "]"
    keys = draw(st.lists(KEYS, min_size=len(inner), max_size=len(inner), unique=True))
    pairs = [f"{draw(SPACE)}{key}{draw(SPACE)}={draw(SPACE)}{each}" for key, each in zip(keys, inner, strict=True)]
    return "{" + ",".join(pairs) + draw(SPACE) + "}"


@given(st.lists(st.tuples(KEYS, values(), SPACE), max_size=4, unique_by=lambda pair: pair[0]))
def test_what_stands_at_a_place_reads_as_the_value_of_the_path(pairs: list[tuple[str, str, str]]) -> None:
    text = "".join(f"{key}{space}={space}{value}{space}# comment\n" for key, value, space in pairs)
    document = tomllib.loads(text)
    found = spots(text)
    assert leaves(document) - {()} <= found.keys()
    for path, spot in found.items():
        value: Any = document
        for part in path:
            value = value[part]
        assert str(tomllib.loads(f"value = {text[slice(*spot.value)]}")["value"]) == str(value)


def test_lines_and_columns_count_characters_from_one() -> None:
    lines = Lines("ab\n日本 x\n")
    assert [lines.at(offset) for offset in (0, 1, 3, 6)] == [(1, 1), (1, 2), (2, 1), (2, 4)]
    assert lines.text(2) == "日本 x"
