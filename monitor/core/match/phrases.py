"""The phrases of all rules as a trie over the ids of their words, walked once per article.

Its first two levels are one: phrases are filed under their first two words. Many words begin a phrase, but few of them are followed
by one that goes on with it, and those few are found without a step of the interpreter for each of the others.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, compress, count, islice
from typing import TypeAlias

Leaf: TypeAlias = tuple[int, ...]
Branch: TypeAlias = "dict[int, Branch | Leaf]"

_END = -9
"""Edge to the leaf of a phrase that longer ones begin with; no class of a word has this number."""


FEW_FIRSTS = 2_000
"""Words that begin a phrase, up to which few of the words of an article are among them."""


class PhraseTrie:
    """Sequences of word ids, each under the id of its phrase. A leaf names the phrases that end there."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[int, int], Branch | Leaf] = {}
        self._firsts: set[int] = set()
        self._after: dict[int, list[int]] = {}
        self._before: dict[int, list[int]] = {}

    def add(self, words: Sequence[int], phrase: int) -> None:
        """Add the phrase of at least two `words`."""
        pair = words[0], words[1]
        node = self._pairs.get(pair)
        if node is None:
            self._after.setdefault(pair[0], []).append(pair[1])
            self._before.setdefault(pair[1], []).append(pair[0])
        self._firsts.add(pair[0])
        self._pairs[pair] = _grown(node, words[2:], phrase)

    def stand_for(self, known: int, words: Iterable[int], carriers: Mapping[int, Sequence[int]]) -> None:
        """Let the class `known` be found in phrases wherever one of its words is.

        `carriers` has, for each word, the classes that stand for it, this one among them. Of two classes that are taken up in two
        threads at once, one at least sees the other; and what both write is the same, as each writes all that a pair leads to.
        """
        following: Branch = {}
        preceding: Branch = {}
        for word in words:
            for second in self._after.get(word, ()):
                _gather(following, (second, *carriers.get(second, ())), self._pairs[word, second])
            for first in self._before.get(word, ()):
                _gather(preceding, (first, *carriers.get(first, ())), self._pairs[first, word])
        preceding.pop(known, None)
        if following:
            self._firsts.add(known)
        self._firsts.update(preceding)
        self._pairs.update(((known, other), node) for other, node in following.items())
        self._pairs.update(((other, known), node) for other, node in preceding.items())

    def find(self, classes: Sequence[int], members: Mapping[int, tuple[int, ...]]) -> dict[int, list[int]]:
        """Return every phrase that occurs in `classes`, with the places where it starts, ascending.

        `classes` end with one that no phrase has. `members` has the word ids of the classes that stand for several.
        """
        found: dict[int, list[int]] = {}
        pairs = self._pairs
        if not pairs:
            return found
        for start in self._places(classes):
            node = pairs[classes[start], classes[start + 1]]
            phrases = node if isinstance(node, tuple) else chain(*_leaves(node, classes, start + 2, members))
            for phrase in phrases:
                found.setdefault(phrase, []).append(start)
        return found

    def _places(self, classes: Sequence[int]) -> Iterable[int]:
        """Return the places of words that some phrase begins with and goes on with, ascending.

        A map of a method of a set or a dict runs without the interpreter: over all pairs of neighbours or, where few words begin a
        phrase, over all words.
        """
        pairs = self._pairs
        if len(self._firsts) < FEW_FIRSTS:
            starts = compress(count(), map(self._firsts.__contains__, classes))
            return [start for start in starts if (classes[start], classes[start + 1]) in pairs]
        return compress(count(), map(pairs.__contains__, zip(classes, islice(classes, 1, None), strict=False)))


def _leaves(
    node: "Branch | Leaf", classes: Sequence[int], at: int, members: Mapping[int, tuple[int, ...]]
) -> Iterator[Leaf]:
    """Yield the leaves on the way that `classes` take from a node at place `at` on."""
    while isinstance(node, dict):
        if _END in node:
            yield _leaf(node[_END])
        known = classes[at]
        at += 1
        node = node[known] if known in node else _follow(node, members.get(known, ()))
    yield node


def _gather(nodes: Branch, classes: Iterable[int], node: "Branch | Leaf") -> None:
    """Let some classes lead to a node, beside what they lead to already."""
    for each in classes:
        before = nodes.get(each)
        nodes[each] = node if before is None or before is node else _merged([before, node])


def _grown(node: "Branch | Leaf | None", words: Sequence[int], phrase: int) -> "Branch | Leaf":
    """Return a node with the phrase of the remaining `words` added to what is there."""
    if not words:
        if node is None:
            return (phrase,)
        return {**node, _END: (phrase,)} if isinstance(node, dict) else (*node, phrase)
    branch: Branch = node if isinstance(node, dict) else {} if node is None else {_END: node}
    branch[words[0]] = _grown(branch.get(words[0]), words[1:], phrase)
    return branch


def _follow(branch: Branch, words: Iterable[int]) -> "Branch | Leaf":
    """Return where any of `words` leads; an empty leaf where none does."""
    following = [branch[word] for word in words if word in branch]
    return _merged(following) if following else ()


def _merged(nodes: "Sequence[Branch | Leaf]") -> "Branch | Leaf":
    """Return the union of nodes, for a word that is several terms at once."""
    if len(nodes) == 1:
        return nodes[0]
    if all(isinstance(node, tuple) for node in nodes):
        return _union(nodes)
    merged: dict[int, list[Branch | Leaf]] = {}
    for node in nodes:
        for edge, following in node.items() if isinstance(node, dict) else ((_END, node),):
            merged.setdefault(edge, []).append(following)
    return {edge: _union(each) if edge == _END else _merged(each) for edge, each in merged.items()}


def _union(leaves: "Iterable[Branch | Leaf]") -> Leaf:
    return tuple(dict.fromkeys(phrase for leaf in leaves for phrase in leaf))


def _leaf(node: "Branch | Leaf") -> Leaf:
    return node if isinstance(node, tuple) else ()
