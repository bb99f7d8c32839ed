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

#: What happened, and the example that would notice. `{}` is what stood there; behind a NOT, match and no_match change places.
TOLD = {
    Way.AND_TO_OR: ("AND becomes OR", "a {no_match} example that has only one of the two"),
    Way.OPERAND_LEFT_OUT: ("{} is left out", "a {no_match} example that lacks {} and has the rest"),
    Way.NOT_LEFT_OUT: ("{} is left out", "a {no_match} example that has {} beside what the rule looks for"),
    Way.ALTERNATIVE_LEFT_OUT: ("{} is left out", "a {match} example that has {} and none of the others"),
    Way.NEAR_WIDER: ("{} becomes {after}", "a {no_match} example with the two just too far apart for {}"),
    Way.NEAR_TO_AND: ("{} becomes AND", "a {no_match} example with the two far apart"),
    Way.ORDER_LEFT_OUT: ("{} becomes {after}", "a {no_match} example with the two in the other order"),
    Way.SENTENCE_LEFT_OUT: ("{} becomes AND", "a {no_match} example with the two in different sentences"),
    Way.COUNT_LOWER: ("{} becomes {after}", "a {no_match} example that has one fewer"),
    Way.PHRASE_PARTED: ("{} becomes {after}", "a {no_match} example with these words apart"),
    Way.WORD_TO_PREFIX: ("{} becomes {after}", "a {no_match} example with a longer word that begins like {}"),
    Way.PREFIX_SHORTER: ("{} becomes {after}", "a {no_match} example with a word that is {after}, but not {}"),
    Way.OPEN_LETTER_TO_PREFIX: ("{} becomes {after}", "a {no_match} example with a word that is {after}, but not {}"),
    Way.RAW_LEFT_OUT: ("raw: is left out", "a {no_match} example that has the word in other capitals"),
    Way.FIELD_LEFT_OUT: ("{} is left out", "a {no_match} example that has the words in another field"),
    Way.STEM_LEFT_OUT: ("{} is left out", "a {match} example with another form of a word"),
    Way.LANGUAGE_LEFT_OUT: ("'languages' is left out", "a {no_match} example in another language (key 'language')"),
    Way.SOURCE_LEFT_OUT: ("'sources' is left out", "a {no_match} example from another source (key 'source')"),
}
#: What is said of many parts at once: what they are, and what would notice.
TOGETHER = {
    Way.ALTERNATIVE_LEFT_OUT: ("{} could be left out", "{match} examples for those that matter"),
    Way.WORD_TO_PREFIX: ("{} could have a * behind", "{no_match} examples with longer words, where there are such"),
    Way.PREFIX_SHORTER: ("{} could be shorter", "{no_match} examples with other words that begin so"),
    Way.PHRASE_PARTED: ("{} could be loose words", "{no_match} examples with the words apart"),
}


def suggestions(found: Mutated) -> list[Diagnostic]:
    """Return a warning for each survivor of a rule, in the order of the file; one for those of a list together."""
    groups: dict[tuple[object, ...], list[Change]] = {}
    for number, change in enumerate(each.change for each in found.survivors):
        # What each word of a rule could be is told of all of them together.
        key = (id(change.among), change.negated) if change.way in TOGETHER else (number,)
        groups.setdefault((change.way, *key), []).append(change)
    told = [_of_many(found, each) if len(each) > 1 else _of_one(found, each[0]) for each in groups.values()]
    return sorted([*told, *_cut(found)], key=lambda each: (each.path, each.line, each.column))


def _of_one(found: Mutated, change: Change) -> Diagnostic:
    what, example = TOLD[change.way]
    after = shown(change.after)
    told = f"{_nobody(found)} when {what.format(shown(change.before), after=after)}"
    sought = shown(change.before.removeprefix("NOT "))
    hint = f"add {example.format(sought, after=after, **_kinds(change))}"
    return _warning(change.value, change.start, change.end, told, hint)


def _of_many(found: Mutated, changes: Sequence[Change]) -> Diagnostic:
    named = ", ".join(shown(each.before) for each in changes[:MOST_NAMED])
    more = len(changes) - MOST_NAMED
    named += f" and {more} more" if more > 0 else ""
    what, example = (each.format(named, **_kinds(changes[0])) for each in TOGETHER[changes[0].way])
    place = changes[0].among or found.draft.name
    return _warning(place, place.start, place.end, f"{_nobody(found)} that {what}", f"add {example}")


def _cut(found: Mutated) -> Iterator[Diagnostic]:
    if found.cut:
        name = found.draft.name
        told = f"only the first {MOST_MUTANTS} mutations of rule '{name.text}' were tried"
        hint = "the others are further down in its query and its lists"
        yield _warning(name, name.start, name.end, told, hint, "PW431")


def _nobody(found: Mutated) -> str:
    return f"no example of '{found.draft.rule.id}' notices"


def _kinds(change: Change) -> dict[str, str]:
    match, no_match = ("no_match", "match") if change.negated else ("match", "no_match")
    return {"match": match, "no_match": no_match}


def _warning(value: YamlValue, start: int, end: int, told: str, hint: str, code: str = "PW430") -> Diagnostic:
    return value.source.diagnostic(code, told, start, end, hint, Severity.WARNING)
