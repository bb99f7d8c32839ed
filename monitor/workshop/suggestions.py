"""What survived the mutation check, as warnings: what was changed, where it stands, and the example that would notice."""

from collections.abc import Iterator, Sequence

from monitor.diagnostics import Diagnostic, Severity
from monitor.rulebook.faults import shown
from monitor.rulebook.tree import YamlValue
from monitor.workshop.edits import Way
from monitor.workshop.mutants import MOST_MUTANTS, Change
from monitor.workshop.survivors import Mutated

#: Parts of a list that a message names.
MOST_NAMED = 5

#: What happened, and the example that would notice. `{}` is what stood there.
TOLD = {
    Way.AND_TO_OR: ("AND becomes OR", "a no_match example that has only one of the two"),
    Way.OPERAND_LEFT_OUT: ("{} is left out", "a no_match example that lacks {} and has the rest"),
    Way.NOT_LEFT_OUT: ("{} is left out", "a no_match example that has {} beside what the rule looks for"),
    Way.ALTERNATIVE_LEFT_OUT: ("{} is left out", "a match example that has {} and none of the others"),
    Way.NEAR_WIDER: ("{} becomes {after}", "a no_match example with the two just too far apart for {}"),
    Way.NEAR_TO_AND: ("{} becomes AND", "a no_match example with the two far apart"),
    Way.ORDER_LEFT_OUT: ("{} becomes {after}", "a no_match example with the two in the other order"),
    Way.SENTENCE_LEFT_OUT: ("{} becomes AND", "a no_match example with the two in different sentences"),
    Way.COUNT_LOWER: ("{} becomes {after}", "a no_match example that has one fewer"),
    Way.PHRASE_PARTED: ("{} becomes {after}", "a no_match example with these words apart"),
    Way.WORD_TO_PREFIX: ("{} becomes {after}", "a no_match example with a longer word that begins like {}"),
    Way.PREFIX_SHORTER: ("{} becomes {after}", "a no_match example with a word that is {after}, but not {}"),
    Way.OPEN_LETTER_TO_PREFIX: ("{} becomes {after}", "a no_match example with a word that is {after}, but not {}"),
    Way.RAW_LEFT_OUT: ("raw: is left out", "a no_match example that has the word in other capitals"),
    Way.FIELD_LEFT_OUT: ("{} is left out", "a no_match example that has the words in another field"),
    Way.STEM_LEFT_OUT: ("{} is left out", "a match example with another form of a word"),
    Way.LANGUAGE_LEFT_OUT: ("'languages' is left out", "a no_match example in another language (key 'language')"),
    Way.SOURCE_LEFT_OUT: ("'sources' is left out", "a no_match example from another source (key 'source')"),
}
#: What is said of many parts at once: what they are, and what would notice.
TOGETHER = {
    Way.ALTERNATIVE_LEFT_OUT: ("{} could be left out", "match examples for those that matter"),
    Way.WORD_TO_PREFIX: ("{} could have a * behind", "no_match examples with longer words, where there are such"),
    Way.PREFIX_SHORTER: ("{} could be shorter", "no_match examples with other words that begin so"),
    Way.PHRASE_PARTED: ("{} could be loose words", "no_match examples with the words apart"),
}


def suggestions(found: Mutated) -> list[Diagnostic]:
    """Return a warning for each survivor of a rule, in the order of the file; one for those of a list together."""
    alone: list[Change] = []
    together: dict[tuple[Way, int], list[Change]] = {}
    for change in (each.change for each in found.survivors):
        among = _among(found, change)
        if among is None:
            alone.append(change)
        else:
            together.setdefault((change.way, id(among)), []).append(change)
    alone += [changes[0] for changes in together.values() if len(changes) == 1]
    many = [_of_many(found, changes) for changes in together.values() if len(changes) > 1]
    told = [*map(_of_one, alone), *many, *_cut(found)]
    return sorted(told, key=lambda each: (each.path, each.line, each.column))


def _among(found: Mutated, change: Change) -> YamlValue | None:
    """Return what a change is told together with others of: a list; the rule, for what each of its words could be."""
    if change.way in TOGETHER:
        return change.among or found.draft.name
    return None


def _of_one(change: Change) -> Diagnostic:
    what, example = TOLD[change.way]
    before, after = shown(change.before), shown(change.after)
    message = f"no example notices when {what.format(before, after=after)}"
    hint = f"add {example.format(before, after=after)}"
    return change.value.source.diagnostic("PW430", message, change.start, change.end, hint, Severity.WARNING)


def _of_many(found: Mutated, changes: Sequence[Change]) -> Diagnostic:
    what, example = TOGETHER[changes[0].way]
    named = ", ".join(shown(each.before) for each in changes[:MOST_NAMED])
    more = len(changes) - MOST_NAMED
    message = f"no example notices that {what.format(named + (f' and {more} more' if more > 0 else ''))}"
    place = _among(found, changes[0]) or found.draft.name
    return place.source.diagnostic("PW430", message, place.start, place.end, f"add {example}", Severity.WARNING)


def _cut(found: Mutated) -> Iterator[Diagnostic]:
    if found.cut:
        name = found.draft.name
        message = f"only the first {MOST_MUTANTS} mutations of this rule were tried"
        yield name.source.diagnostic(
            "PW431", message, name.start, name.end, "make several rules of it", Severity.WARNING
        )
