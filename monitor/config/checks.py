"""What has to agree between keys: names that must exist, ids that must differ, keys that exclude or need each other.

The checks look at the values as written, so that they say what they can even where other values are wrong.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import PurePath

from monitor.config import digest_checks, units
from monitor.config.documents import Fault, table, tables
from monitor.config.positions import Path
from monitor.config.urls import feed_name

SENSITIVE_HEADER = re.compile(r"auth|cookie|key|token|secret", re.IGNORECASE)
_PASSWORD_IN_URL = re.compile(r"://[^/@\s]*:[^/@\s]+@|[?&]password=")


def faults(values: Mapping[str, object]) -> list[Fault]:
    """Return everything that does not agree in a merged configuration."""
    checks = (
        _operators,
        _feed_ids,
        _intervals,
        _headers,
        _slack,
        _mail,
        _atom,
        _database,
        _listen,
        digest_checks.faults,
    )
    return [fault for check in checks for fault in check(values)]


def _operators(values: Mapping[str, object]) -> Iterator[Fault]:
    channel, known = table(values.get("service")).get("operators"), set(table(values.get("channels")))
    if isinstance(channel, str) and channel and channel not in known:
        yield digest_checks.unknown_channel(("service", "operators"), channel, known)


def _feeds(values: Mapping[str, object]) -> list[tuple[int, Mapping[str, object]]]:
    feeds = values.get("feeds")
    return [(index, table(each)) for index, each in enumerate(feeds)] if isinstance(feeds, list) else []


def _feed_ids(values: Mapping[str, object]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for index, feed in _feeds(values):
        given, url = feed.get("id"), feed.get("url")
        name = given if isinstance(given, str) and given else feed_name(url) if isinstance(url, str) else ""
        if name in seen:
            path: Path = ("feeds", index, "id") if given else ("feeds", index, "url")
            hint = "" if given else "two feeds with one address; delete one, or give them an 'id'"
            yield Fault(path, "PW147", f"a second feed with the id '{name}'", hint)
        elif name:
            seen[name] = index


def _intervals(values: Mapping[str, object]) -> Iterator[Fault]:
    """An interval longer than the longest one would silently become the longest one."""
    fetch = table(values.get("fetch"))
    longest = _duration(fetch.get("max_every", "6h"))
    places: list[tuple[Path, object]] = [(("fetch", "every"), fetch.get("every"))]
    places += [(("feeds", index, "every"), feed.get("every")) for index, feed in _feeds(values)]
    for path, given in places:
        every = _duration(given)
        if every and longest and every > longest:
            told = f"'every' must be at most max_every, which is {units.shown_duration(longest)}"
            yield Fault(path, "PW146", told, "raise max_every in [fetch]")


def _duration(value: object) -> timedelta | None:
    try:
        return units.duration(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _headers(values: Mapping[str, object]) -> Iterator[Fault]:
    for index, feed in _feeds(values):
        for name, value in table(feed.get("headers")).items():
            if isinstance(value, str) and SENSITIVE_HEADER.search(name):
                hint = f'write "{name}" = {{ env = "NAME" }} or {{ file = "path" }}'
                yield Fault(
                    ("feeds", index, "headers", name), "PW150", "a secret must not stand in the configuration", hint
                )


def _slack(values: Mapping[str, object]) -> Iterator[Fault]:
    for name, channel in tables(values.get("channels")):
        if channel.get("type") != "slack":
            continue
        path: Path = ("channels", name)
        if "webhook" in channel:
            others = [other for other in ("token", "channel", "api") if other in channel]
            yield from (
                Fault((*path, other), "PW146", f"'{other}' and 'webhook' exclude each other", on_key=True)
                for other in others
            )
        elif not {"token", "channel"} <= channel.keys():
            yield Fault(path, "PW144", f"channel '{name}' needs 'webhook', or 'token' and 'channel'", on_key=True)


def _mail(values: Mapping[str, object]) -> Iterator[Fault]:
    for name, channel in tables(values.get("channels")):
        smtp = table(channel.get("smtp"))
        path: Path = ("channels", name, "smtp")
        if ("user" in smtp) != ("password" in smtp):
            present, absent = ("user", "password") if "user" in smtp else ("password", "user")
            yield Fault((*path, present), "PW144", f"'{present}' needs '{absent}' beside it", on_key=True)
        if smtp.get("tls") == "none" and "password" in smtp:
            yield Fault(
                (*path, "tls"), "PW146", "the password would travel unencrypted", 'write tls = "starttls" or "tls"'
            )


def _atom(values: Mapping[str, object]) -> Iterator[Fault]:
    """Two channels in one folder would write the same feeds, each over what the other has told."""
    taken: dict[PurePath, str] = {}
    for name, channel in tables(values.get("channels")):
        written = channel.get("path")
        if channel.get("type") != "atom" or not isinstance(written, str) or not written:
            continue
        folder = PurePath(written)
        if folder in taken:
            yield Fault(("channels", name, "path"), "PW146", f"channel '{taken[folder]}' has its feeds in this folder")
        taken.setdefault(folder, name)


def _database(values: Mapping[str, object]) -> Iterator[Fault]:
    url = table(values.get("database")).get("url")
    path: Path = ("database", "url")
    if not isinstance(url, str):
        return
    if _PASSWORD_IN_URL.search(url):
        hint = 'write url = { env = "DATABASE_URL" }, or leave the password to PGPASSWORD or ~/.pgpass'
        yield Fault(path, "PW150", "a secret must not stand in the configuration", hint)
    if url and not re.match("sqlite:///.|postgresql://.", url):
        yield Fault(path, "PW143", "'url' must begin with sqlite:/// or postgresql://")


def listening(listen: str) -> tuple[str, int] | None:
    """Return host and port of "127.0.0.1:8080", "[::1]:8080" or "localhost:8080". Raises ValueError; None for ""."""
    if not listen:
        return None
    found = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\]|([^:\[\]]*)):(\d{1,5})", listen)
    if not found or int(found[3]) > 65535:
        raise ValueError('must be an address and a port like "127.0.0.1:8080", or "" for none')
    host = found[1] or found[2]
    ip_address("127.0.0.1" if host == "localhost" else host)
    return ("127.0.0.1" if host == "localhost" else host), int(found[3])


def _listen(values: Mapping[str, object]) -> Iterator[Fault]:
    web = table(values.get("web"))
    listen = web.get("listen")
    if not isinstance(listen, str):
        return
    path: Path = ("web", "listen")
    try:
        address = listening(listen)
    except ValueError:
        yield Fault(path, "PW143", '\'listen\' must be an IP address and a port like "127.0.0.1:8080", or "" for none')
        return
    if address and not ip_address(address[0]).is_loopback and web.get("allow_remote") is not True:
        hint = "put a reverse proxy before it, or set allow_remote = true if anyone who can reach it may read the figures and the feeds"
        yield Fault(path, "PW140", "'listen' would let other machines in without a password", hint)
