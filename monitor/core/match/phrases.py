"""The phrases of all rules as one trie over the ids of their words, walked once per article."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress, count
from typing import TypeAlias

Leaf: TypeAlias = tuple[int, ...]
Branch: TypeAlias = "dict[int, Branch | Leaf]"

_END = -9
"""Edge to the leaf of a phrase that longer ones begin with; no class of a word has this number."""


class PhraseTrie:
    """Sequences of word ids, each under the id of its phrase. A leaf names the phrases that end there."""

    def __init__(self) -> None:
        self.root: Branch = {}

    def add(self, words: Sequence[int], phrase: int) -> None:
        """Add the phrase of at least two `words`."""
        branch = self.root
        for word in words[:-1]:
            following = branch.get(word)
            if not isinstance(following, dict):
                following = branch[word] = {} if following is None else {_END: following}
            branch = following
        last = branch.get(words[-1])
        if isinstance(last, dict):
            last[_END] = (phrase,)
        else:
            branch[words[-1]] = (phrase,)

    def start_with(self, known: int, words: Iterable[int]) -> None:
        """Let phrases that begin with any of `words` begin with the class `known` too."""
        branches = [self.root[word] for word in words if word in self.root]
        if branches:
            self.root[known] = _merged(branches)

    def find(self, classes: Sequence[int], members: Mapping[int, tuple[int, ...]]) -> dict[int, list[int]]:
        """Return every phrase that occurs in `classes`, with the places where it starts, ascending.

        `classes` end with one that no phrase has. `members` has the word ids of the classes that stand for several.
        """
        found: dict[int, list[int]] = {}
        root = self.root
        # A map of a method of dict runs without the interpreter: few words begin a phrase.
        for start in compress(count(), map(root.__contains__, classes)):
            node: Branch | Leaf = root[classes[start]]
            at = start
            while isinstance(node, dict):
                at += 1
                known = classes[at]
                if known in node:
                    node = node[known]
                elif known in members:
                    node = _follow(node, members[known])
                else:
                    break
                if isinstance(node, tuple):
                    _note(found, node, start)
                elif _END in node:
                    _note(found, node[_END], start)
        return found


def _note(found: dict[int, list[int]], leaf: "Branch | Leaf", start: int) -> None:
    for phrase in leaf:
        found.setdefault(phrase, []).append(start)


def _follow(branch: Branch, words: Iterable[int]) -> "Branch | Leaf":
    """Return where any of `words` leads; an empty leaf where none does."""
    following = [branch[word] for word in words if word in branch]
    return _merged(following) if following else ()


def _merged(nodes: "Sequence[Branch | Leaf]") -> "Branch | Leaf":
    """Return the union of nodes, for a word that is several terms at once."""
    if len(nodes) == 1:
        return nodes[0]
    merged: dict[int, list[Branch | Leaf]] = {}
    for node in nodes:
        for edge, following in node.items() if isinstance(node, dict) else ((_END, node),):
            merged.setdefault(edge, []).append(following)
    return {edge: _union(each) if edge == _END else _merged(each) for edge, each in merged.items()}


def _union(leaves: "Iterable[Branch | Leaf]") -> Leaf:
    return tuple(phrase for leaf in leaves for phrase in leaf)
