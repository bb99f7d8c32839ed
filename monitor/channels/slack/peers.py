"""The two ways into Slack, alike from outside: a webhook, and a bot with its token. Neither lets its secret out."""

import json
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from monitor.channels.post import Post, Reply
from monitor.channels.receipts import receipt
from monitor.channels.slack.answers import error_word, outcome, retry_after
from monitor.core.model import Outcome, Receipt
from monitor.secret import Secret

EVENT = "presswatch_delivery"

_PAGES = 5  # of history, newest first, looked through for our own message
_PAGE = "200"  # messages
_CLOCKS_APART = 300  # seconds between our clock and Slack's

Body = dict[str, Any]


class Peer(Protocol):
    """One way to post. Raises FetchError where there is no answer."""

    async def post(self, body: Body) -> Receipt:
        """Post one message and judge the answer."""

    async def seen(self, body: Body) -> Receipt | None:
        """Return a receipt when this very message is already in the channel, or when that cannot be found out for now."""


class Webhook:
    """An incoming webhook. It cannot read, so it never knows whether a message arrived."""

    def __init__(self, post: Post, address: Secret, deadline: float, *, allow_private: bool) -> None:
        self._post = post
        self._address = address
        self._deadline = deadline
        self._allow_private = allow_private
        # A proxy may quote the path alone, or its end: that is what makes the address a secret.
        path = urlsplit(address.reveal()).path.strip("/")
        self._secrets = (address, Secret(path), Secret(path.rpartition("/")[2]))

    async def post(self, body: Body) -> Receipt:
        """Success is 200 and the body `ok`; everything else is judged by Slack's word and the status."""
        headers = {"content-type": "application/json; charset=utf-8"}
        reply = await self._post(
            self._address.reveal(), headers, _json(body), deadline=self._deadline, allow_private=self._allow_private
        )
        text = reply.body[:1000].decode("utf-8", "replace")
        if reply.status == 200 and text.strip() == "ok":
            return receipt(Outcome.SENT, "post", reply.status, text)
        return _refusal("post", reply, error_word(text), text, self._secrets)

    async def seen(self, body: Body) -> None:
        """Nothing can be looked up."""


class Bot:
    """A bot token writing to one channel through the Web API at `api`."""

    def __init__(self, post: Post, token: Secret, api: str, deadline: float, *, allow_private: bool) -> None:
        self._post = post
        self._token = token
        self._api = api.rstrip("/")
        self._deadline = deadline
        self._allow_private = allow_private

    async def post(self, body: Body) -> Receipt:
        """Success is JSON with `ok` true; HTTP 200 alone says nothing."""
        reply = await self._call("chat.postMessage", "application/json; charset=utf-8", _json(body))
        answer = _answer(reply)
        if answer.get("ok") is True:
            return receipt(Outcome.SENT, "post", reply.status, str(answer.get("ts", "")))
        return self._refused("post", reply, answer)

    async def seen(self, body: Body) -> Receipt | None:
        """Look through what was posted since the message was made for the one with its key.

        A token that may not read (no `…:history` scope) finds nothing: then the message is posted again.
        """
        made_at = body["metadata"]["event_payload"]["made_at"]
        query = {"channel": body["channel"], "oldest": str(made_at - _CLOCKS_APART), "limit": _PAGE, "cursor": ""}
        for _ in range(_PAGES):
            form = urlencode({**query, "include_all_metadata": "true"}).encode("ascii")
            reply = await self._call("conversations.history", "application/x-www-form-urlencoded", form)
            answer = _answer(reply)
            if answer.get("ok") is not True:
                refusal = self._refused("history", reply, answer)
                return refusal if refusal.outcome in (Outcome.RETRY, Outcome.UNCERTAIN) else None
            if (ts := _found(answer, body["metadata"]["event_payload"]["key"])) is not None:
                return receipt(Outcome.SENT, "history", "found", ts)
            query["cursor"] = _cursor(answer)
            if not query["cursor"]:
                return None
        return None

    async def _call(self, method: str, content_type: str, body: bytes) -> Reply:
        headers = {"content-type": content_type, "authorization": f"Bearer {self._token.reveal()}"}
        url = f"{self._api}/{method}"
        return await self._post(url, headers, body, deadline=self._deadline, allow_private=self._allow_private)

    def _refused(self, stage: str, reply: Reply, answer: Mapping[str, Any]) -> Receipt:
        error = str(answer.get("error", ""))
        return _refusal(stage, reply, error, error or reply.body[:1000].decode("utf-8", "replace"), (self._token,))


def _refusal(stage: str, reply: Reply, error: str, text: str, secrets: tuple[Secret, ...]) -> Receipt:
    wait = retry_after(reply.status, reply.headers)
    judged = outcome(reply.status, error)
    return receipt(judged, stage, error or reply.status, text, retry_after=wait, secrets=secrets)


def _json(body: Body) -> bytes:
    return json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def _answer(reply: Reply) -> Mapping[str, Any]:
    """The JSON object that the Web API answers with; empty when it is something else."""
    try:
        answer = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _found(answer: Mapping[str, Any], key: str) -> str | None:
    """The `ts` of our message in a page of history."""
    for message in answer.get("messages") or ():
        match message:
            case {"metadata": {"event_type": str(event), "event_payload": {"key": str(found)}}}:
                if (event, found) == (EVENT, key):
                    return str(message.get("ts", ""))
    return None


def _cursor(answer: Mapping[str, Any]) -> str:
    match answer:
        case {"response_metadata": {"next_cursor": str(cursor)}}:
            return cursor
    return ""
