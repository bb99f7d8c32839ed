"""A made-up press for the matching benchmark: articles as long as real ones, and rules as newsrooms write them.

Words follow Zipf's law, names recur within an article, most articles hold typographic signs. Rules are centred on names: 1 to 6 terms,
two in five of them phrases, a tenth with a prefix, a tenth with a NOT, some with NEAR, some in titles only. Half of the names ever occur.
"""

import random
from collections.abc import Callable, Sequence
from functools import cache

from monitor.core.model import Document
from monitor.core.query import parse
from monitor.core.rules import Rule

LENGTH = 6.07
SPREAD = 0.45
"""Half of the articles are shorter than e to the power of the first; the mean is 550 words."""

_COMMON = (
    "the of and to in a for is on that it as was with by be at he has have from said his an are not will this but were they which had its who "
    "would been their also or after we more than one about over out up can there new when two some other all could last if into what first no"
)
_SYLLABLES = (
    "ka ro mi ten vol dra sk wit ho len gar zu pe na bri cho ma lin ost ber fal qui rad sim tor ung yev dak al or is"
)
_SHAPES = ((25, 1, 0), (15, 1, 1), (15, 2, 0), (15, 1, 2), (12, 2, 2), (8, 2, 3), (5, 3, 3), (5, 0, 2))
"""How often a rule has so many names and so many topics."""

_FIRST_HAN = 0x4E00
_CHINESE_NAME = "維特科夫"

Draw = Callable[[random.Random], str]


def articles(count: int, seed: int = 1) -> list[Document]:
    """Return so many made-up articles, mean 550 words."""
    chance = random.Random(seed)
    return [_article(chance) for _ in range(count)]


def notices(count: int, seed: int = 5) -> list[Document]:
    """Return so many made-up articles as most feeds state them: a title and about sixty words; one in fifty is Chinese."""
    chance = random.Random(seed)
    return [_chinese(chance) if chance.random() < 0.02 else _notice(chance) for _ in range(count)]


def terms() -> dict[str, str]:
    """Return queries for terms that a known share of the notices holds."""
    words = _vocabulary()
    return {
        "a rare word": words[20_000],
        "a common word": words[120],
        "a phrase": _names()[7],
        "a Chinese name": _CHINESE_NAME,
        "two common words": f"{words[120]} AND {words[130]}",
        "a common and a rarer word": f"{words[60]} AND {words[2_000]}",
        "a prefix": f"{words[9_000][:6]}*",
        "words near one another": f"{words[60]} NEAR/5 {words[70]}",
    }


def broad_query() -> str:
    """Return a query of words that are in a tenth of the notices."""
    return " OR ".join(_vocabulary()[rank] for rank in (120, 150, 180))


def rules(count: int, seed: int = 2) -> list[Rule]:
    """Return so many made-up rules, mean 2.8 terms."""
    chance = random.Random(seed)
    return [Rule(f"rule-{number}", parse(_query(chance))) for number in range(count)]


def _article(chance: random.Random) -> Document:
    length = int(chance.lognormvariate(LENGTH, SPREAD))
    named = chance.choices(_names()[: len(_names()) // 2], k=12)
    text = _paragraphs(chance, named, length)
    quotes = ("“", "”", "’", " — ") if chance.random() < 0.69 else ('"', '"', "'", " - ")
    for plain, typographic in zip(("<", ">", "'", "~"), quotes, strict=True):
        text = text.replace(plain, typographic)
    title = " ".join([chance.choice(named), *(_word(chance) for _ in range(7))])
    return Document(title=title.capitalize(), body=text, source="made-up", language="en")


def _notice(chance: random.Random) -> Document:
    named = chance.choices(_names()[: len(_names()) // 2], k=2)
    text = " ".join([chance.choice(named), *(_word(chance) for _ in range(chance.randint(30, 90)))])
    title = " ".join([chance.choice(named), *(_word(chance) for _ in range(7))])
    return Document(title=title, summary=text, source="made-up", language="en")


def _chinese(chance: random.Random) -> Document:
    text = "".join(chr(_FIRST_HAN + int(3000 ** chance.random())) for _ in range(80))
    title = _CHINESE_NAME if chance.random() < 0.1 else text[:12]
    return Document(title=title, summary=text, source="made-up", language="zh")


def _paragraphs(chance: random.Random, named: Sequence[str], length: int) -> str:
    paragraphs = []
    while length > 0:
        words = [
            chance.choice(named) if chance.random() < 0.05 else _word(chance) for _ in range(chance.randint(20, 70))
        ]
        length -= len(words)
        words[0] = words[0].capitalize()
        words[len(words) // 2] += chance.choice((",", ".", "'s", "~", ", <", ">,"))
        paragraphs.append(" ".join(words) + ".")
    return "\n\n".join(paragraphs)


def _query(chance: random.Random) -> str:
    _, names, topics = chance.choices(_SHAPES, [shape[0] for shape in _SHAPES])[0]
    kind = chance.random()
    parts = [_either([_name(chance) for _ in range(names)])] if names else [_topic(chance)]
    if topics and kind > 0.9:
        return f"{parts[0]} NEAR/{chance.choice((3, 5, 10, 20))} {_topic(chance)}"
    if topics:
        parts.append(_either([_topic(chance) for _ in range(topics)]))
    if kind < 0.1:
        parts.append(f"{_word(chance)[:6].ljust(3, 'a')}*")
    elif kind < 0.2:
        parts.append(f"NOT {_topic(chance)}")
    elif kind < 0.24:
        parts[0] = f"title:{parts[0]}"
    return " AND ".join(parts)


def _either(terms: Sequence[str]) -> str:
    return f"({' OR '.join(terms)})" if len(terms) > 1 else terms[0]


def _name(chance: random.Random) -> str:
    full = chance.choice(_names())
    return f'"{full}"' if chance.random() < 0.55 else full.split()[1]


def _topic(chance: random.Random) -> str:
    # Topics are words of the middle: neither the commonest nor the rarest.
    words = chance.sample(_vocabulary()[150:6000], 2)
    return f'"{words[0]} {words[1]}"' if chance.random() < 0.24 else words[0]


def _word(chance: random.Random) -> str:
    """Return a word; the one with rank r comes with a frequency of about 1/r."""
    return _vocabulary()[int(len(_vocabulary()) ** chance.random()) - 1]


@cache
def _vocabulary() -> tuple[str, ...]:
    chance = random.Random(3)
    made = dict.fromkeys(_COMMON.split())
    while len(made) < 40_000:
        made["".join(chance.choices(_SYLLABLES.split(), k=chance.randint(2, 5)))] = None
    return tuple(made)


@cache
def _names() -> tuple[str, ...]:
    chance = random.Random(4)
    parts = [word.capitalize() for word in chance.sample(_vocabulary()[2000:], 6000)]
    return tuple(f"{first} {last}" for first, last in zip(parts[:3000], parts[3000:], strict=True))
