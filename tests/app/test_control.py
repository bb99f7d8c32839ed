"""Commands reach the daemon at work, and it does at once what they ask."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from monitor.app.control import NAME, Control, ask
from tests.app.conftest import Folder
from tests.endtoend.newsstand import Story


async def echo(request: Mapping[str, Any]) -> Mapping[str, Any]:
    if request.get("verb") == "wrong":
        raise ValueError("there is no such verb")
    if request.get("verb") == "broken":
        raise RuntimeError("something broke")
    return {"did": request}


@pytest.fixture(params=["short", "d" * 60 + "/" + "e" * 60], ids=["a short path", "a long one"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder: Path = tmp_path / request.param
    folder.mkdir(parents=True)
    return folder


async def test_a_request_is_answered_and_errors_are_told(place: Path) -> None:
    control = Control(place, echo)
    await control.start()
    assert await asyncio.to_thread(ask, place, {"verb": "x"}) == {"did": {"verb": "x"}}
    for verb, told in (("wrong", "there is no such verb"), ("broken", "something broke")):
        with pytest.raises(ValueError, match=told):
            await asyncio.to_thread(ask, place, {"verb": verb})
    await control.stop()
    assert await asyncio.to_thread(ask, place, {"verb": "x"}) is None


async def test_a_socket_left_by_a_killed_daemon_is_in_nobodys_way(place: Path) -> None:
    (place / NAME).touch()
    control = Control(place, echo)
    await control.start()
    assert await asyncio.to_thread(ask, place, {"verb": "x"})
    assert (place / NAME).stat().st_mode & 0o777 == 0o600
    await control.stop()


async def test_where_no_socket_can_be_had_the_daemon_works_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    control = Control(tmp_path / "absent", echo)
    await control.start()
    assert "no command can reach this daemon" in caplog.text
    await control.stop()


async def test_a_request_of_a_hundred_thousand_feeds_comes_through(tmp_path: Path) -> None:
    control = Control(tmp_path, echo)
    await control.start()
    many = {"verb": "x", "entries": [f"https://host-{number}.example/feed" * 3 for number in range(100_000)]}
    answer = await asyncio.to_thread(ask, tmp_path, many)
    assert answer is not None
    assert len(answer["did"]["entries"]) == 100_000
    await control.stop()


async def test_a_daemon_at_work_takes_a_feed_and_reads_it(folder: Folder) -> None:
    folder.publish("more", Story("The ferry sails"))
    app = folder.app()
    await app.open()
    stop = asyncio.Event()
    serving = asyncio.create_task(app.serve(stop))
    while not (app.config.data_dir / NAME).exists():
        await asyncio.sleep(0.01)
    entry = json.dumps({"url": (folder.path / "more").as_uri(), "id": "more"})
    answer = await asyncio.to_thread(ask, app.config.data_dir, {"verb": "add", "entries": [entry]})
    assert answer is not None
    assert answer["done"] == ["more"]
    async with asyncio.timeout(20):
        while app.metrics.registry.get_sample_value("presswatch_articles_stored_total") in (None, 0):
            await asyncio.sleep(0.05)
    stop.set()
    await serving
    await app.close()
    assert not (app.config.data_dir / NAME).exists()
