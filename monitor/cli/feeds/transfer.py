"""`presswatch feeds import` and `export`: lists of feeds in OPML."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from monitor.cli.asking import changeable, perform
from monitor.cli.exits import Exit
from monitor.cli.feeds.looking import looker
from monitor.cli.options import Options, pass_options
from monitor.config import Config, units
from monitor.core.model import Feed, FullText
from monitor.errors import FetchError, StoreError
from monitor.log import escaped
from monitor.parse.opml import LARGEST, FeedList, Outline, read_opml, word, write_opml
from monitor.store import Store, own_feeds

#: Feeds that go in one request.
BATCH = 10_000
#: Outlines that are told as wrong, one by one.
TOLD = 20


@click.command("import")
@click.argument("source", metavar="FILE|URL")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A word for all of them; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Say what would be added, and add nothing.")
@click.option(
    "--allow-private", is_flag=True, help="Let the list's address, and the feeds', lead into your own network."
)
@pass_options
@click.pass_context
def imported(
    ctx: click.Context, options: Options, source: str, tags: tuple[str, ...], dry_run: bool, allow_private: bool
) -> None:
    """Add the feeds of an OPML list, folders becoming tags. Lists that are no proper XML are read all the same.

    What is there already is left alone. Feeds are read over the next minutes; what is in them now rings for nobody.
    """
    config = changeable(options)
    try:
        found = asyncio.run(_read(options, source, allow_private=allow_private))
    except FetchError as error:
        raise click.ClickException(f"Nothing was added: {error}.") from None
    for each in found.warnings:
        click.echo(f"! {each}", err=True)
    if not found.outlines:
        raise click.ClickException(f"Nothing was added: {escaped(source)} names no feed.")
    entries = [json.dumps(_entry(each, tags, allow_private=allow_private)) for each in found.outlines]
    if dry_run:
        good, wrong = _checked(config, entries)
        click.echo(f"{good:,} of {len(entries):,} feeds could be added.")
        told = wrong
    else:
        answers = [
            perform(config, {"verb": "add", "entries": entries[at : at + BATCH]})
            for at in range(0, len(entries), BATCH)
        ]
        click.echo(_summary(answers))
        told = [each for answer in answers for each in answer["wrong"]]
    for line in _wrong(told):
        click.echo(line, err=True)
    for each in found.links:
        click.echo(f"The list refers to another one: presswatch feeds import {escaped(each)}", err=True)
    ctx.exit(Exit.FINDINGS if told else Exit.FINE)


@click.command("export")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@pass_options
def exported(options: Options, file: Path | None) -> None:
    """Write all feeds as an OPML list that other programs read too, to FILE or the screen.

    Ids, tags and intervals are kept. Names of users, passwords and headers are not in it.
    """
    config = changeable(options)
    text = write_opml(map(_outline, _all(config)), "Presswatch")
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
        click.echo(f"Wrote {file}.")


async def _read(options: Options, source: str, *, allow_private: bool) -> FeedList:
    async with looker(options, allow_private=allow_private, largest=LARGEST) as looking:
        return read_opml((await looking.document(source)).body)


def _entry(outline: Outline, tags: Sequence[str], *, allow_private: bool) -> dict[str, object]:
    """Return the [[feeds]] table that an outline describes."""
    told = {
        "url": outline.url.replace("feed://", "https://", 1) if outline.url.startswith("feed://") else outline.url,
        "id": outline.id,
        "title": outline.title,
        "tags": list(dict.fromkeys([*outline.tags, *filter(None, map(word, tags))])),
        "every": outline.every,
        "weight": int(outline.weight) if outline.weight.isascii() and outline.weight.isdigit() else 0,
        "full_text": outline.full_text,
        "allow_private": allow_private,
    }
    return {name: value for name, value in told.items() if value}


def _checked(config: Config, entries: Sequence[str]) -> tuple[int, list[str]]:
    wrong = []
    for each in entries:
        try:
            config.own_feed(each)
        except ValueError as error:
            wrong.append(str(error))
    return len(entries) - len(wrong), wrong


def _summary(answers: Sequence[Mapping[str, Any]]) -> str:
    added, known, wrong = (sum(len(each[name]) for each in answers) for name in ("done", "known", "wrong"))
    parts = [f"{added:,} added", f"{known:,} there already", *([f"{wrong:,} that cannot be"] if wrong else [])]
    return ", ".join(parts) + "."


def _wrong(told: Sequence[str]) -> Iterator[str]:
    yield from (f"✗ {escaped(each)}" for each in told[:TOLD])
    if len(told) > TOLD:
        yield f"and {len(told) - TOLD:,} more"


def _all(config: Config) -> list[tuple[Feed, str]]:
    """Return every feed, of the database if there is one, else of the files."""
    store = Store(config.database_url)
    try:
        store.open(exclusive=False)
    except StoreError:
        return [(each, "") for each in config.feeds()]
    with store, store.reading() as tx:
        return own_feeds.entries(tx)


def _outline(stored: tuple[Feed, str]) -> Outline:
    feed, own_title = stored
    return Outline(
        feed.url,
        feed.title or own_title,
        feed.tags,
        "",
        feed.id,
        units.shown_duration(feed.every),
        str(feed.weight) if feed.weight != 1 else "",
        str(feed.full_text) if feed.full_text is not FullText.MAYBE else "",
    )
