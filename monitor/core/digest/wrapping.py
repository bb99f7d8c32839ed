"""Lines of a text mail: broken between words, or anywhere in a script without spaces, and never within an address."""

import re

from monitor.core.digest.marking import columns

# An address or word with the spaces before it; a wide character stands alone, with the punctuation that may not begin a line.
PIECE = re.compile(
    r"\s*(?:[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef][，。、；：？！」』）》…]*|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+)"
)

WIDTH = 78


def wrap(text: str, width: int = WIDTH, indent: str = "", first: str | None = None) -> str:
    """Return `text` as lines of at most `width` columns, each begun by `indent`, the first one by `first` where it is given.

    White space between words, line breaks too, becomes a space. A word wider than a line gets a line of its own.
    """
    lines = [indent if first is None else first]
    used = empty = columns(lines[0])
    for piece in PIECE.findall(text.strip()):
        word = piece.lstrip()
        parted = " " if piece != word and used > empty else ""
        size = columns(word)
        if used > empty and used + len(parted) + size > width:
            lines.append(indent)
            used = empty = columns(indent)
            parted = ""
        lines[-1] += parted + word
        used += len(parted) + size
    return "\n".join(lines)
