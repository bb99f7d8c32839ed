"""The vocabulary forgets all forms when they are too many, in the middle of whatever is being read."""

from monitor.core.match.phrases import PhraseTrie
from monitor.core.match.vocabulary import BREAK, FIELD_END, OTHER, Vocabulary, chunks


def test_paragraphs_and_fields_end_also_just_after_everything_was_forgotten() -> None:
    vocabulary = Vocabulary(PhraseTrie())
    known = vocabulary.word("ferry")
    cut = chunks(("Ferry\n\nharbour", "ferry"))
    before = vocabulary.encode(cut)
    vocabulary.clear()
    assert vocabulary.encode(cut) == before
    assert before[0] == [known, BREAK, OTHER, FIELD_END, known, FIELD_END]
