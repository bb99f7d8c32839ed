"""The one way out by HTTP as channels see it; the guarded door of `fetch` fits it without either knowing the other."""

from collections.abc import Mapping
from typing import Protocol


class Reply(Protocol):
    """An HTTP answer. Header names are in lower case."""

    @property
    def status(self) -> int:
        """The status code."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers."""

    @property
    def body(self) -> bytes:
        """The decoded body, of bounded size."""


class Post(Protocol):
    """Sends one POST request; raises FetchError when there is no answer within `deadline` seconds."""

    async def __call__(
        self, url: str, headers: Mapping[str, str], body: bytes, *, deadline: float, allow_private: bool
    ) -> Reply:
        """Return the answer, whatever its status."""
