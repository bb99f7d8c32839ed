"""What people do to feeds, messages and rules, in one transaction each: asked of the daemon that works, or done by the command itself where none does."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from monitor.app import muting, outbox, recipients
from monitor.config import Config
from monitor.store import Tx, feed_health, feeds, own_feeds
from monitor.store.own_feeds import Named, Own

Request = Mapping[str, Any]
Answer = dict[str, Any]


def perform(tx: Tx, config: Config, request: Request) -> Answer:
    """Do what `request` asks for, and say what became of it.

    {"verb": "add", "entries": [text, …]} adds feeds, each text a [[feeds]] table as JSON. "pause" (with "why"), "resume", "retry" and "remove"
    take {"ids": […]} or {"tag": …} or {"state": …}. The answer: {"done": [id, …], "known": […], "wrong": […], "unknown": {id: [near, …]},
    "left": […]}. What is done to messages, rules and recipients, `monitor.app.outbox`, `monitor.app.muting` and `monitor.app.recipients` say. Raises ValueError for a request that is none.
    """
    verb = request.get("verb")
    if verb in muting.VERBS:
        return muting.perform(tx, request)
    if verb in recipients.VERBS:
        return recipients.perform(tx, request)
    if verb in outbox.VERBS:
        return outbox.perform(tx, request)
    if verb == "add":
        return _add(tx, config, request.get("entries", ()))
    acts: Mapping[object, Callable[[Tx, Sequence[str]], list[str]]] = {
        "pause": lambda tx, ids: own_feeds.pause(tx, ids, str(request.get("why", ""))[:500]),
        "resume": own_feeds.resume,
        "retry": own_feeds.retry,
        "remove": own_feeds.remove,
    }
    if verb not in acts:
        raise ValueError(f"there is no '{verb}'")
    wanted = _wanted(tx, request)
    there = {each.id: each for each in own_feeds.named(tx, wanted) if each.stopped != feeds.REMOVED}
    done = acts[verb](tx, list(there))
    changed = frozenset(done)
    unknown = [each for each in wanted if each not in there]
    left = [_told(each) for each in there.values() if each.id not in changed]
    return {"done": done, "left": left, "unknown": _near(tx, unknown)}


def changes_names(request: Request) -> bool:
    """Tell whether other feeds than before may be named by rules once a request was performed."""
    return request.get("verb") in ("add", "remove")


def _add(tx: Tx, config: Config, entries: Sequence[str]) -> Answer:
    wanted, wrong, known = _read(config, entries)
    there = {each.url: each for each in own_feeds.at(tx, [each.feed.url for each in wanted])}
    named = {each.id: each for each in own_feeds.named(tx, [each.feed.id for each in wanted])}
    new = []
    for own in wanted:
        same = named.get(own.feed.id)
        present = there.get(own.feed.url) or (same if same and same.stopped != feeds.REMOVED else None)
        if present:
            known.append(_told(present))
        else:
            new.append(own)
    return {"done": own_feeds.add(tx, new), "known": known, "wrong": wrong}


def _read(config: Config, entries: Sequence[str]) -> tuple[list[Own], list[str], list[dict[str, str]]]:
    """Return the feeds that are described, what is wrong with those that are not, and those that are described twice."""
    wanted: dict[str, Own] = {}
    wrong, twice = [], []
    addresses = set()
    for text in entries:
        try:
            feed = config.own_feed(text)
        except ValueError as error:
            wrong.append(str(error))
            continue
        if feed.id in wanted or feed.url in addresses:
            twice.append({"id": feed.id, "url": feed.url, "origin": "database", "stopped": ""})
            continue
        wanted[feed.id] = Own(feed, text)
        addresses.add(feed.url)
    return list(wanted.values()), wrong, twice


def _wanted(tx: Tx, request: Request) -> list[str]:
    ids = [str(each) for each in request.get("ids", ())]
    if tag := request.get("tag"):
        ids += own_feeds.tagged(tx, str(tag))
    if state := request.get("state"):
        ids += [each.id for each in feed_health.listing(tx, state=str(state))]
    return list(dict.fromkeys(ids))


def _told(named: Named) -> dict[str, str]:
    return {"id": named.id, "url": named.url, "origin": named.origin, "stopped": named.stopped}


def _near(tx: Tx, unknown: Sequence[str]) -> dict[str, list[str]]:
    if not unknown:
        return {}
    known = feed_health.ids(tx)
    return {each: difflib.get_close_matches(each, known, 3) for each in unknown[:20]}
