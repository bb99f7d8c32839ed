"""The listener over real HTTP: is the daemon well, and its figures."""

import json
import socket
from dataclasses import replace

import pytest

from monitor.web import Listener
from tests.web.served import WELL, Served


async def test_a_daemon_that_gets_its_work_into_the_database_is_well(served: Served) -> None:
    status, headers, text = await served.ask("/healthz")
    assert (status, headers["content-type"]) == (200, "application/json")
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
    status, headers, text = await served.ask("/metrics")
    assert status == 200
    assert headers["content-type"].startswith("text/plain; version=")
    assert 'presswatch_polls_total{result="unchanged"} 1.0' in text


@pytest.mark.parametrize(("path", "method", "status"), [("/", "GET", 200), ("/other", "GET", 404), ("/", "POST", 405)])
async def test_there_is_nothing_else(served: Served, path: str, method: str, status: int) -> None:
    assert (await served.ask(path, method))[0] == status


async def test_an_address_that_is_taken_is_an_error_at_the_start(served: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listener = Listener(served.app, "127.0.0.1", taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            await listener.start()
        await listener.stop()


async def test_a_stopped_listener_frees_its_address(served: Served) -> None:
    address = served.listener.address
    await served.listener.stop()
    with socket.create_server(address):
        pass
