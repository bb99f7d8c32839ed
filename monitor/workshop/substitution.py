"""One part of a query exchanged for another, wherever it stands: a list is one object in every place that names it."""

from dataclasses import replace

from monitor.core.query import And, AtLeast, Field, KOf, Near, Node, Not, Or, Stem
from monitor.core.query.nodes import has_places, parts


def above(query: Node, wanted: Node) -> frozenset[int]:
    """Return the ids of the nodes that have `wanted`, the very object, somewhere in them."""
    inside = [above(each, wanted) for each in parts(query)]
    found = frozenset().union(*inside)
    return found | {id(query)} if found or any(each is wanted for each in parts(query)) else found


def is_negated(query: Node, wanted: Node, path: frozenset[int]) -> bool:
    """Whether the first place of `wanted` in a query is behind a NOT. `path` is what is above it."""
    negated = False
    while query is not wanted and id(query) in path:
        negated = negated is not isinstance(query, Not)
        query = next(each for each in parts(query) if each is wanted or id(each) in path)
    return negated


def substituted(query: Node, old: Node, new: Node, path: frozenset[int]) -> Node | None:
    """Return a query with `new` wherever `old`, which has `path` above it, stood; None where it cannot stand there."""
    if query is old:
        return new
    if id(query) not in path:
        return query
    inside = [substituted(each, old, new, path) for each in parts(query)]
    if any(each is None for each in inside):
        return None
    return _rebuilt(query, tuple(each for each in inside if each is not None))


def _rebuilt(query: Node, inside: tuple[Node, ...]) -> Node | None:
    """Return a query of the same kind of other parts; None where they have no place beside NEAR or behind ATLEAST."""
    match query:
        case And() | Or() | KOf():
            return replace(query, queries=inside)
        case Near():
            return replace(query, queries=inside) if all(map(has_places, inside)) else None
        case AtLeast():
            return replace(query, query=inside[0]) if has_places(inside[0]) else None
        case Not() | Field() | Stem():
            return replace(query, query=inside[0])
        case _:
            return query
