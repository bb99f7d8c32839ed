"""The listener over real HTTP: is the daemon well, and its figures."""

import asyncio
import http.client
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.links import Deed
from monitor.metrics import Metrics
from monitor.web import Health, Listener, pages

WELL = Health(beat_age=2.0, rules=12, rules_in_force=True, feeds=40, version="1.2.3")


async def nobody(deed: Deed, span: timedelta | None) -> str:
    """Do nothing: there are no links."""
    raise AssertionError


class Served:
    """A listener on a free port, and what it says of a daemon's health."""

    def __init__(self) -> None:
        self.health, self.metrics = WELL, Metrics()
        self.listener = Listener(
            pages(lambda: self.health, self.metrics.registry, dict, lambda: None, nobody), "127.0.0.1", 0
        )

    async def ask(self, path: str, method: str = "GET") -> tuple[int, str, str]:
        """Return status, content type and text of an answer."""
        return await asyncio.to_thread(self._ask, path, method)

    def _ask(self, path: str, method: str) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection(*self.listener.address, timeout=10)
        connection.request(method, path)
        answer = connection.getresponse()
        told = answer.status, answer.getheader("Content-Type") or "", answer.read().decode()
        connection.close()
        return told


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    served = Served()
    await served.listener.start()
    yield served
    await served.listener.stop()


async def test_a_daemon_that_gets_its_work_into_the_database_is_well(served: Served) -> None:
    status, kind, text = await served.ask("/healthz")
    assert (status, kind) == (200, "application/json")
    told = json.loads(text)
    assert told == {
        "status": "ok", "beat_age": 2.0, "rules": 12, "rules_in_force": True, "feeds": 40, "version": "1.2.3",
    }  # fmt: skip


async def test_a_daemon_that_has_not_for_a_minute_is_not(served: Served) -> None:
    served.health = replace(WELL, beat_age=61.0)
    status, _, text = await served.ask("/healthz")
    assert (status, json.loads(text)["status"]) == (503, "stale")


async def test_refused_rules_are_told_and_do_not_make_it_ill(served: Served) -> None:
    served.health = replace(WELL, rules_in_force=False)
    status, _, text = await served.ask("/healthz")
    assert (status, json.loads(text)["rules_in_force"]) == (200, False)


async def test_figures_are_in_the_form_that_prometheus_reads(served: Served) -> None:
    served.metrics.polls.labels("unchanged").inc()
    status, kind, text = await served.ask("/metrics")
    assert status == 200
    assert kind.startswith("text/plain; version=")
    assert 'presswatch_polls_total{result="unchanged"} 1.0' in text


@pytest.mark.parametrize(("path", "method", "status"), [("/", "GET", 200), ("/other", "GET", 404), ("/", "POST", 405)])
async def test_there_is_nothing_else(served: Served, path: str, method: str, status: int) -> None:
    assert (await served.ask(path, method))[0] == status


async def test_an_address_that_is_taken_is_an_error_at_the_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listener = Listener(Served().listener._server.config.app, "127.0.0.1", taken.getsockname()[1])  # type: ignore[arg-type]
        with pytest.raises(OSError, match="in use"):
            await listener.start()
        await listener.stop()


async def test_a_stopped_listener_frees_its_address(served: Served) -> None:
    address = served.listener.address
    await served.listener.stop()
    with socket.create_server(address):
        pass
