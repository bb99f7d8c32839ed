"""The daemon's parts put together in one process: opening, reloading, ending, and what goes wrong with each."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

import pytest

from monitor.app.daemon import App, Terms
from monitor.core.links import Edition
from monitor.errors import AnotherInstance, ConfigurationError, RulesError, StoreUnavailable
from monitor.pipeline import Limits
from monitor.store import editions, feeds, gates, notices
from monitor.store.sqlite import driver
from tests.app.conftest import RULES, Folder
from tests.endtoend.newsstand import Story
from tests.fetch.peers import Server, reply
from tests.pipeline.site import needs_extraction

STORM = "rules:\n  - {id: storm, match: storm, deliver: [instant]}\n"
PAGE = (
    b"<!doctype html><html><body><article><h1>The harbour wakes</h1><p>The ferry sails.</p>"
    b"<p>It had been at the old pier of the town for all of the winter, and nobody had known for how long.</p>"
    b"</article></body></html>"
)
BROKEN = "rules:\n  - {id: ferry, match: (ferry}\n"


def in_force(app: App) -> list[str]:
    return [rule.id for rule in app.setup().rules]


def listed(app: App) -> list[str]:
    with app.store.reading() as tx:
        return sorted(row.id for row in feeds.overview(tx) if not row.stopped)


async def test_one_round_reads_every_feed_once_and_says_how_many(folder: Folder) -> None:
    names = [f"feed-{number}" for number in range(40)]
    for name in names:
        folder.publish(name, Story("Background"))
    folder.configure(*names)
    app = folder.app()
    await app.open()
    brought = await app.run_once()
    await app.close()
    assert (brought.polls, brought.editions, brought.unsent) == (40, 0, 0)


async def test_one_round_sends_what_waits_without_waiting_for_copies(folder: Folder) -> None:
    for stories in ([Story("Background")], [Story("The ferry sails")]):
        folder.publish("wire", *stories)
        app = folder.app()
        await app.open()
        with app.store.transaction() as tx:
            feeds.clamp(tx, timedelta(0))  # due now
        brought = await app.run_once()
        await app.close()
    assert (brought.polls, brought.editions, brought.unsent) == (1, 1, 0)
    assert folder.mails() == 1


async def test_what_matches_is_told_at_once_and_not_at_the_next_beat(folder: Folder) -> None:
    folder.configure("wire", wait="0s")
    folder.publish("wire", Story("The ferry sails", published=datetime.now(UTC) - timedelta(hours=1)))
    app = folder.app(Terms(limits=Limits(catch_up=timedelta(days=1)), tick=3600.0))
    await app.open()
    stop = asyncio.Event()
    serving = asyncio.create_task(app.serve(stop))
    async with asyncio.timeout(30):
        while not folder.mails():
            await asyncio.sleep(0.01)
    stop.set()
    await serving
    await app.close()
    assert folder.mails() == 1


async def test_a_link_in_a_message_shows_all_that_its_edition_told(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    folder.configure("wire", listen="127.0.0.1:0", more='base_url = "https://news.example.org"\n')
    folder.publish("wire", *(Story(f"The ferry {each} sails") for each in ("Aurora", "Borealis")))
    app = folder.app(Terms(limits=Limits(catch_up=timedelta(days=1))))
    await app.open()
    assert (await app.run_once()).editions == 1
    with app.store.reading() as tx:
        (made,) = editions.recent(tx, 9)
    links = app.setup().links
    assert links
    stop = asyncio.Event()
    serving = asyncio.create_task(app.serve(stop))
    async with asyncio.timeout(30):
        while "health and metrics at" not in caplog.text:
            await asyncio.sleep(0.01)
    address = caplog.text.partition("health and metrics at http://")[2].split()[0]
    path = links.to(Edition(made.id)).removeprefix("https://news.example.org")
    text = await asyncio.to_thread(fetched, address, path)
    stop.set()
    await serving
    await app.close()
    assert "2 stories" in text
    assert all(f"The ferry {each} sails" in text for each in ("Aurora", "Borealis"))


def fetched(address: str, path: str) -> str:
    """Return what an HTTP server answers."""
    with closing(HTTPConnection(address, timeout=10)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read().decode()


@needs_extraction
async def test_what_the_page_of_an_article_brings_is_told_at_once_too(folder: Folder) -> None:
    folder.configure("wire", wait="0s", private=True)
    folder.rules.write_text("rules:\n  - {id: pier, match: ferry AND pier, deliver: [instant]}\n")
    app = folder.app(Terms(tick=3600.0))
    await app.open()
    await app.run_once()
    with app.store.transaction() as tx:
        feeds.clamp(tx, timedelta(0))  # due now
    async with Server() as server:
        server.answers |= {"/robots.txt": reply(404), "/page": reply(200, PAGE, {"Content-Type": "text/html"})}
        folder.publish("wire", Story("The harbour wakes", "The ferry sails.", link=server.url("/page")))
        await app.poller.poll_round(1)
        stop = asyncio.Event()
        serving = asyncio.create_task(app.serve(stop))
        async with asyncio.timeout(30):
            while not folder.mails():
                await app.pages.read_due()
                await asyncio.sleep(0.01)
        stop.set()
        await serving
    await app.close()
    assert folder.mails() == 1


async def test_a_start_that_fails_lets_go_of_the_database(folder: Folder) -> None:
    folder.rules.write_text(BROKEN)
    with pytest.raises(RulesError):
        await folder.app().open()
    folder.rules.write_text(RULES)
    app = folder.app()
    await app.open()
    assert in_force(app) == ["ferry"]
    await app.close()


async def test_a_second_daemon_is_refused_and_disturbs_nothing(folder: Folder) -> None:
    app = folder.app()
    await app.open()
    with pytest.raises(AnotherInstance):
        await folder.app().open()
    assert (await app.run_once()).polls == 1
    await app.close()


async def test_a_reload_puts_all_of_it_in_force_or_nothing(folder: Folder) -> None:
    app = folder.app()
    await app.open()
    folder.rules.write_text(BROKEN)
    folder.configure("wire", "local")
    await app.reload()
    assert (in_force(app), listed(app)) == (["ferry"], ["wire"])
    assert app.metrics.registry.get_sample_value("presswatch_rules_last_reload_successful") == 0
    folder.rules.write_text(STORM)
    await app.reload()
    assert (in_force(app), listed(app)) == (["storm"], ["local", "wire"])
    assert app.metrics.registry.get_sample_value("presswatch_rules_last_reload_successful") == 1
    assert "storm" in (folder.kept / "0000-desk.yaml").read_text()
    await app.close()


def told(app: App) -> dict[str, str]:
    with app.store.reading() as tx:
        return {each.name.removeprefix(notices.NOTICE): each.why for each in notices.standing(tx)}


async def test_files_that_were_refused_are_told_until_good_ones_are_in_force(folder: Folder) -> None:
    app = folder.app()
    await app.open()
    assert told(app) == {}
    folder.rules.write_text(BROKEN)
    await app.reload()
    assert str(folder.rules) in told(app)["refused"]
    assert "error[PW" in told(app)["refused"]
    folder.rules.write_text(STORM)
    await app.reload()
    assert told(app) == {}
    folder.rules.write_text(BROKEN)
    await app.close()
    again = folder.app()
    await again.open()
    assert in_force(again) == ["storm"]
    assert list(told(again)) == ["refused"]
    await again.close()


async def test_rules_that_are_tried_on_every_article_are_counted_and_named(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    folder.rules.write_text(
        "rules:\n" + "".join(f"  - {{id: r{number}, match: '/x{number}/'}}\n" for number in range(25))
    )
    app = folder.app()
    with caplog.at_level(logging.INFO):
        await app.open()
    assert app.metrics.registry.get_sample_value("presswatch_rules_always") == 25
    assert told(app)["always"].endswith("r18, r19 and 5 more")
    assert f"rules tried on every article: {told(app)['always']}" in caplog.messages
    await app.close()


async def test_a_rule_that_was_switched_off_is_told_and_counted_until_the_next_load(folder: Folder) -> None:
    folder.rules.write_text("rules:\n  - {id: runaway, match: '/(a|aa)+$/'}\n  - {id: ferry, match: ferry}\n")
    app = folder.app()
    await app.open()
    folder.publish("wire", *(Story("a" * 60 + "!" * number) for number in range(1, 4)))
    await app.run_once()
    await app._heartbeat()
    assert list(told(app)) == ["always", "off:runaway"]
    assert app.metrics.registry.get_sample_value("presswatch_rules_switched_off") == 1
    await app.reload()
    await app._heartbeat()
    assert list(told(app)) == ["always"]
    assert app.metrics.registry.get_sample_value("presswatch_rules_switched_off") == 0
    await app.close()


async def test_once_there_are_articles_enough_the_rules_are_built_by_what_is_rare_in_them(folder: Folder) -> None:
    app = folder.app()
    await app.open()
    first = app.setup().matcher
    await app._housekeeping()
    assert app.setup().matcher is first
    folder.publish("wire", *(Story(f"The ferry sails, {number}") for number in range(300)))
    await app.run_once()
    await app._housekeeping()
    learnt = app.setup().matcher
    assert learnt is not first
    assert app._frequencies["ferry"] > 0.9
    await app._housekeeping()
    assert app.setup().matcher is learnt
    await app.close()


async def test_of_many_reloads_at_once_the_newest_files_win(folder: Folder) -> None:
    app = folder.app()
    await app.open()
    folder.rules.write_text(STORM)
    for _ in range(50):
        app.reload_soon()
    assert len(app._reloads) == 2
    await asyncio.gather(*app._reloads)
    assert in_force(app) == ["storm"]
    await app.close()


async def test_a_reload_the_database_refuses_changes_nothing_and_is_tried_again(folder: Folder) -> None:
    app = folder.app()
    await app.open()
    folder.rules.write_text(STORM)
    await app._reload_if_changed()
    with locked(app):
        with pytest.raises(StoreUnavailable):
            await app._reload_if_changed()
        assert in_force(app) == ["ferry"]
    await app._reload_if_changed()
    assert in_force(app) == ["storm"]
    await app.close()


@contextmanager
def locked(app: App) -> Iterator[None]:
    """Let another program hold the database, as one that was left open in a shell does, and nobody wait long for it."""
    with app.store.transaction() as tx:
        tx.conn.exec_driver_sql("PRAGMA busy_timeout=10")
    with closing(driver().connect(app.config.data_dir / "presswatch.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_an_address_that_is_taken_is_told_as_a_fault_of_the_configuration(folder: Folder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        folder.configure("wire", listen=f"127.0.0.1:{taken.getsockname()[1]}")
        app = folder.app()
        await app.open()
        with pytest.raises(ConfigurationError, match="already in use"):
            await app.serve(asyncio.Event())
        await app.close()


async def test_a_daemon_that_is_told_to_stop_at_once_ends_in_order(folder: Folder) -> None:
    app, stop = folder.app(), asyncio.Event()
    await app.open()
    stop.set()
    await app.serve(stop)
    await app.close()
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_the_first_poll_comes_as_soon_as_it_serves(folder: Folder) -> None:
    app, stop = folder.app(), asyncio.Event()
    await app.open()
    serving = asyncio.create_task(app.serve(stop))
    async with asyncio.timeout(20):
        while not app.metrics.registry.get_sample_value("presswatch_articles_stored_total"):
            await asyncio.sleep(0.01)
    stop.set()
    await serving
    await app.close()


async def test_templates_are_looked_at_when_it_starts_and_whenever_one_is_saved(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    template = folder.path / "templates" / "alert.txt.j2"
    template.parent.mkdir()
    template.write_text("{{ nope }}")
    with (folder.path / "config.toml").open("a") as file:
        file.write('[digests.brief]\nat = "07:00"\ntemplate = "brief"\n')
    app, stop = folder.app(), asyncio.Event()
    await app.open()
    serving = asyncio.create_task(app.serve(stop))
    async with asyncio.timeout(60):
        while not (told := templates_told(app)):
            await asyncio.sleep(0.01)
        assert f"{template}:1:4: error[PW301]: template variable 'nope' is never defined" in told
        assert f"{folder.path / 'config.toml'}: error[PW308]: digest 'brief' has a template that" in caplog.text
        (template.parent / "brief.txt.j2").write_text("{{ 'x' * 10**10 }}")
        template.write_text("{{ digest.title }}")
        while "brief.txt.j2:1: error[PW303]: runs out of memory" not in templates_told(app):
            await asyncio.sleep(0.01)
        (template.parent / "brief.txt.j2").write_text("{{ digest.title }}")
        while templates_told(app):
            await asyncio.sleep(0.01)
    assert caplog.text.count("'nope'") == 1
    stop.set()
    await serving
    await app.close()


def templates_told(app: App) -> str:
    with app.store.reading() as tx:
        return next((each.why for each in gates.active(tx) if each.name == notices.TEMPLATES), "")


async def test_what_waits_for_a_digest_that_was_renamed_is_told_under_its_new_name(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    config = folder.path / "config.toml"
    app = folder.app(Terms(limits=Limits(catch_up=timedelta(days=36500))))
    await app.open()
    await app.poller.poll_round(1)
    config.write_text(config.read_text().replace("[digests.instant]", "[digests.alerts]"))
    folder.rules.write_text(RULES.replace("[instant]", "[alerts]"))
    await app.reload()
    assert "digest 'instant' is not configured any more: 1 matches that waited for it go to 'alerts'" in caplog.text
    brought = await app.run_once()
    await app.close()
    assert (brought.editions, folder.mails()) == (1, 1)
