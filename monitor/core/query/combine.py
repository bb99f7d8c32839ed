"""Queries from the mapping form of rule files: any of these, all of these, none of these."""

from collections.abc import Sequence

from monitor.core.query.errors import QueryError
from monitor.core.query.nodes import And, Node, Not, Or, has_positive


def combine(*, any: Sequence[Node] = (), all: Sequence[Node] = (), none: Sequence[Node] = ()) -> Node:  # noqa: A002
    """Return the query that is true where one of `any` (if there are some), each of `all` and not one of `none` is.

    Raises QueryError where nothing is given, or only what must be absent; its place is the whole.
    """
    alternatives = (any[0] if len(any) == 1 else Or(tuple(any)),) if any else ()
    joined: tuple[Node, ...] = (*alternatives, *all, *map(Not, none))
    if not joined:
        raise QueryError("PW120", "the query is empty", hint="write what to look for")
    query = joined[0] if len(joined) == 1 else And(joined)
    if not has_positive(query):
        told = "the query says only what must be absent"
        raise QueryError("PW131", told, hint="add what to look for under any or all")
    return query
