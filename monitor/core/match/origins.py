"""Origins: whether a rule could match an article of which only is known where it is from, whatever its words are."""

from monitor.core.match.gates import Gate
from monitor.core.match.values import host, satisfied
from monitor.core.model import Document
from monitor.core.query import And, KOf, Node, Not, Or, Stem, Value
from monitor.core.rules import Rule

ANY = "*"
"""In place of a language: whatever it is."""


def could_match(rule: Rule, origin: Document) -> bool:
    """Whether `rule` could match an article of such a source, tags of its feed, language and host; where it has no `url`, of any host, and where that is `ANY`, in any language.

    True where that cannot be told.
    """
    return _is_admitted(rule, origin) and _may_hold(rule.query, origin)


def _is_admitted(rule: Rule, origin: Document) -> bool:
    languages, sources = Gate(rule.languages, ()), Gate((), rule.sources)
    elsewhere = not origin.url and any(map(_is_of_hosts, rule.sources))
    return (origin.language == ANY or languages.admits(origin)) and (elsewhere or sources.admits(origin))


def _may_hold(query: Node, origin: Document) -> bool:
    match query:
        case Value():
            return _fits(query, origin) or _is_open(query, origin)
        case Not(inner):
            return _may_fail(inner, origin)
        case Stem(_, inner):
            return _may_hold(inner, origin)
        case And(queries):
            return all(_may_hold(each, origin) for each in queries)
        case Or(queries):
            return any(_may_hold(each, origin) for each in queries)
        case KOf(count, queries):
            return sum(_may_hold(each, origin) for each in queries) >= count
        case _:
            return True  # words


def _may_fail(query: Node, origin: Document) -> bool:
    match query:
        case Value():
            return not _fits(query, origin) or (query.field == "lang" and origin.language == ANY)
        case Not(inner):
            return _may_hold(inner, origin)
        case Stem(_, inner):
            return _may_fail(inner, origin)
        case And(queries):
            return any(_may_fail(each, origin) for each in queries)
        case Or(queries):
            return all(_may_fail(each, origin) for each in queries)
        case KOf(count, queries):
            return sum(not _may_fail(each, origin) for each in queries) < count
        case _:
            return True  # words


def _fits(query: Value, origin: Document) -> bool:
    # Of an address only the host is known.
    return query.field != "url" and satisfied(query.field, query.pattern, origin)


def _is_open(query: Value, origin: Document) -> bool:
    """Whether an article may have such a value though its origin has not."""
    if query.field == "source":
        return not host(origin.url) and _is_of_hosts(query.pattern)
    return query.field != "lang" or origin.language == ANY


def _is_of_hosts(pattern: str) -> bool:
    return not pattern.startswith("tag:") and ("." in pattern or "*" in pattern)
