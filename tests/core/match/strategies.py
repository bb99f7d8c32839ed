"""Random rules and documents that have words in common, in many scripts."""

from collections.abc import Callable

from hypothesis import strategies as st

from monitor.core.model import Document
from monitor.core.query import And, AtLeast, Distance, Field, KOf, Near, Node, Not, Or, Stem, parse
from monitor.core.query.nodes import has_positive
from monitor.core.rules import Rule

WORDS = (
    "ferry", "Ferries", "l'Ukraine", "L’harbour's", "qu'il", "l'l'a", "strike", "Łódź", "lodz", "O'Brien", "O’Brien’s", "harbour's", "cease", "fire", "ceasefire", "it's's", "Київ", "об’єднання",
    "ёлка", "елка", "維", "特", "維特", "夫", "カ", "ที่", "سلام", "اَلسلام", "한국", "C++", "US", "us", "Strikes", "striking", "Mr", "Gen", "a", "e\u0301te", "été", "x1", "19",
)  # fmt: skip
JOINTS = (
    " ",
    " ",
    " ",
    " ",
    "-",
    ". ",
    ", ",
    "\n",
    "\n\n",
    "\n \t\n",
    "\u00a0",
    "–",
    " “",
    "! ",
    ".” ",
    "。",
    "... ",
    "” ",
    "",
    "'",
    "’",
    "\n“\n",
    "\u2009",
)

TERMS = (
    "ferry", "ferry strike", "strike ferry", "ferr*", '"ferr* strike"', '"strike ferr*"', "Łódź", "lodz", "O'Brien", "Brien", "harbour", "Ukraine", "ukrain*", "l'Ukraine",
    "raw:Ukraine", 'raw:"l’Ukraine"', 'raw:"-Ukraine"', '"Ukraine strike"', "il", "l'a", "cease-fire", "cease-fire*", '"the cease-fire"', '"ferry cease-fire strike"', "cease fire", "Київ", "об'єднання", "елка", "維特", "維特夫", "夫",
    "維-特", "カ", "ที่", "سلام", "한국", "한국인*", "a", "a a", "a a a", '"a a" ', "été", "x1", "19", "19 x1", "it's's", "C++", "ferry ferry",
    "raw:US", "raw:us", "raw:C++", 'raw:"C++ US"', 'raw:"O\'Brien\'s"', 'raw:"US-us"', 'raw:"維特"', "raw:Łódź", 'raw:"“ferry”"', "raw:été",
    "stri?e", "f?rr*", "cease-f?re", '"ferr? strike"', "l?dz", "stem:en strike", "stem:en (ferry strikes)", "stem:fr été",
)  # fmt: skip
VALUES = (
    "author:ann", 'author:"Ánn B*"', "author:*b*", "source:bbc-*", "source:harbour", "source:*.example", "url:*/news/*", "lang:en", "lang:en-gb",
    "lang:uk", "tag:sea", "tag:*wire*",
)  # fmt: skip


def joined(words: list[str], joints: list[str]) -> str:
    return "".join(word + joint for word, joint in zip(words, joints, strict=False))


TEXTS = st.builds(
    joined, st.lists(st.sampled_from(WORDS), max_size=24), st.lists(st.sampled_from(JOINTS), min_size=24, max_size=24)
)

DOCUMENTS = st.builds(
    Document,
    title=TEXTS,
    summary=TEXTS | st.just(""),
    body=TEXTS | TEXTS.map(lambda text: f"{'away ' * 45}\n\n{text}"),
    author=st.sampled_from(["", "Ann", "Ann Bo", "Bob"]),
    source=st.sampled_from(["", "bbc-world", "harbour"]),
    source_tags=st.sampled_from([(), ("wire",), ("a-wire-b", "sea")]),
    url=st.sampled_from(["", "https://www.harbour.example/news/1", "https://b.test/"]),
    language=st.sampled_from(["", "en", "en-gb", "uk", "nb", "uk-x-detected"]),
    tags=st.sampled_from([(), ("sea",), ("Sea", "wires")]),
)

BARE = st.sampled_from([parse(term) for term in TERMS])


DISTANCES = st.builds(Distance, st.sampled_from([0, 0, 1, 2, 5, 40, None]), st.booleans())


def near(first: Node, others: list[tuple[Distance, Node]]) -> Node:
    return Near((first, *(query for _, query in others)), tuple(distance for distance, _ in others))


def placed(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """What can stand beside NEAR."""
    nears = st.builds(near, inner, st.lists(st.tuples(DISTANCES, inner), min_size=1, max_size=3))
    return nears | st.lists(inner, min_size=2, max_size=4).map(tuple).map(Or)


PLACED = st.recursive(BARE, placed, max_leaves=6)


def counted(count: int, query: Node) -> Node:
    return AtLeast(count, query)


def chosen(queries: list[Node], count: int) -> Node:
    return KOf(1 + count % len(queries), tuple(queries))


def stemming(query: Node, language: str) -> Node:
    return Stem(language, query)


def combined(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    choices = st.builds(chosen, st.lists(inner, min_size=2, max_size=4), st.integers(0, 3))
    return inner.map(Not) | several.map(And) | several.map(Or) | choices


REGEXES = st.sampled_from(
    [parse(f"/{each}/") for each in (r"fe?rr\w+", r"^strike", "C[+]+", "(?-i:US)", "a{2}", "(x|y)*", r"\d+$")]
)


def in_field(query: Node, name: str) -> Node:
    return Field(name, query)


IN_FIELDS = st.builds(
    in_field,
    st.recursive(BARE | PLACED | REGEXES, combined, max_leaves=3),
    st.sampled_from(["title", "summary", "body", "lead"]),
)
ABOUT_PLACES = (
    PLACED | st.builds(counted, st.integers(1, 4), PLACED) | st.builds(stemming, PLACED, st.sampled_from(["en", "fr"]))
)
LEAVES = BARE | BARE | IN_FIELDS | ABOUT_PLACES | REGEXES | st.sampled_from([parse(value) for value in VALUES])
QUERIES = st.recursive(LEAVES, combined, max_leaves=8).filter(has_positive)


def rules(queries: st.SearchStrategy[Node] = QUERIES, most: int = 12) -> st.SearchStrategy[list[Rule]]:
    """Up to `most` rules with ids of their own; some are open to some languages and sources only."""
    languages = st.sampled_from([(), (), (), ("en",), ("uk", "en-gb")])
    sources = st.sampled_from([(), (), (), ("harbour",), ("tag:wire", "*.example")])
    made: Callable[..., Rule] = Rule
    one = st.builds(made, id=st.just(""), query=queries, languages=languages, sources=sources)
    return st.lists(one, min_size=1, max_size=most).map(
        lambda found: [
            Rule(f"r{number}", each.query, languages=each.languages, sources=each.sources)
            for number, each in enumerate(found)
        ]
    )
