"""What is asked over the network and what is answered, as the rest of the house sees it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from monitor.secret import Secret


@dataclass(frozen=True, slots=True)
class Request:
    """One document to get.

    `etag` and `last_modified` are what an earlier answer said, byte for byte. `headers` and `auth` (user, password) may
    hold secrets and go to the host of `url` only. `accept` says which kinds of document are wanted ("" is feeds). `allow_private` lifts the rule that hosts must be public, for that host.
    `may_follow` is told each address that a redirect leads to before that is asked, and raises FetchError where it is not to be.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    auth: tuple[str, Secret] | None = None
    allow_private: bool = False
    accept: str = ""
    may_follow: Callable[[str], Awaitable[None]] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer read to its end. Header names are in lower case; the body is unpacked.

    `url` is where the answer came from after redirects. `permanent_url` is where the document has moved for good (301,
    308), None where it has not.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    permanent_url: str | None = None
