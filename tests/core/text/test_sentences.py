"""Where sentences end."""

import time
from itertools import pairwise

import pytest

from monitor.core.text import sentence_ends


def sentences(text: str) -> list[str]:
    ends = [0, *sentence_ends(text), len(text)]
    return [cut for start, end in pairwise(ends) if (cut := " ".join(text[start:end].split()))]


@pytest.mark.parametrize(
    "sentences_of_it",
    [
        ["One.", "Two!", "Three?", "Four"],
        ["“Is it so?”", "“It is.”", "Good."],
        ["The U.S. President met Mr. Smith and Gen. Brown.", "They left."],
        ["It cost 3.5 million. not more."],
        ["Wait...", "What?!", "Yes."],
        ["Он приехал.", "Она уехала."],
        ["維特科夫。", "他說！", "好"],
        ["वह आया।", "वह गया।"],
        ["هل جاء؟", "نعم"],
    ],
)
def test_a_text_is_cut_into_its_sentences(sentences_of_it: list[str]) -> None:
    assert sentences(" ".join(sentences_of_it)) == sentences_of_it


def test_a_paragraph_ends_a_sentence() -> None:
    assert sentences("one\n\ntwo\nlines") == ["one", "two lines"]


@pytest.mark.parametrize("text", ["." * 200_000, "a" * 200_000, "a." * 100_000, '."' * 100_000, ". " * 100_000])
def test_signs_without_end_are_read(text: str) -> None:
    started = time.process_time()
    sentence_ends(text)
    assert time.process_time() - started < 2
