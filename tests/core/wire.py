"""Made-up wire stories and what editors make of them."""

from collections.abc import Sequence
from random import Random

SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "qui",
    "ro",
    "su",
    "ta",
    "ve",
    "wi",
    "xo",
    "yu",
    "za",
    "bre",
    "cla",
    "dri",
    "flo",
    "gru",
]


def vocabulary(random: Random, size: int = 2000) -> list[str]:
    """Return made-up words of two to four syllables."""
    return ["".join(random.choices(SYLLABLES, k=random.randint(2, 4))) for _ in range(size)]


def story(random: Random, words: Sequence[str], length: int) -> tuple[str, str]:
    """Return a title and a text, together of `length` words."""
    chosen = random.choices(words, k=length)
    return " ".join(chosen[:8]).capitalize(), " ".join(chosen[8:])


def edited(random: Random, words: Sequence[str], title: str, text: str, share: float) -> tuple[str, str]:
    """Return title and text with a share of all their words changed, dropped, or followed by another, each a third of the time."""
    there = [*title.split(), *text.split()]
    heading = len(title.split())
    touched = set(random.sample(range(len(there)), round(share * len(there))))
    parts: tuple[list[str], list[str]] = ([], [])
    for place, word in enumerate(there):
        made = random.choice([[random.choice(words)], [], [word, random.choice(words)]]) if place in touched else [word]
        parts[place >= heading].extend(made)
    return " ".join(parts[0]), " ".join(parts[1])
