"""A place among the tokens of a query, that moves forward."""

from collections.abc import Sequence

from monitor.core.query.lexer import Kind, Token


class Cursor:
    """Looks at one token after the other, spaces left out."""

    def __init__(self) -> None:
        self._tokens: Sequence[Token] = ()
        self._at = 0

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _before(self) -> Token | None:
        return self._tokens[self._at - 1] if self._at else None

    def _next_is(self, kind: Kind, text: str = "") -> bool:
        if self._at == len(self._tokens):
            return False
        token = self._tokens[self._at]
        return token.kind is kind and (not text or text == token.text)

    def _take(self, kind: Kind, text: str = "") -> Token | None:
        if not self._next_is(kind, text):
            return None
        self._at += 1
        return self._tokens[self._at - 1]

    def _end(self) -> int:
        return self._tokens[self._at - 1].end
