"""`presswatch feeds pause`, `resume`, `retry` and `remove`: what people do to feeds that are there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import click

from monitor.cli.asking import changeable, perform
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.config import Config
from monitor.core.model import Health
from monitor.log import escaped

Command = Callable[..., None]

#: Ids that are named in an answer; of more the number is told.
NAMED = 20


def _chosen(command: Command) -> Command:
    """Add the ways to say which feeds are meant."""
    command = click.option("--tag", default="", metavar="TAG", help="All feeds with this tag.")(command)
    return click.argument("ids", nargs=-1, metavar="ID…")(command)


@click.command("pause")
@_chosen
@click.option("--why", default="", metavar="TEXT", help="The reason, for those who wonder later.")
@pass_options
@click.pass_context
def pause(ctx: click.Context, options: Options, ids: tuple[str, ...], tag: str, why: str) -> None:
    """Ask these feeds no more, until they are resumed; over restarts and reloads too. What they brought stays."""
    _change(ctx, options, {"verb": "pause", "ids": ids, "tag": tag, "why": why}, "Paused", "is stopped already")


@click.command("resume")
@_chosen
@pass_options
@click.pass_context
def resume(ctx: click.Context, options: Options, ids: tuple[str, ...], tag: str) -> None:
    """Ask these feeds again, at once: those that were paused, and those that were given up as gone."""
    _change(ctx, options, {"verb": "resume", "ids": ids, "tag": tag}, "Resumed", "was not stopped")


@click.command("retry")
@_chosen
@click.option("--failing", is_flag=True, help="All feeds that are failing.")
@pass_options
@click.pass_context
def retry(ctx: click.Context, options: Options, ids: tuple[str, ...], tag: str, failing: bool) -> None:
    """Ask these feeds now, however long they wait for their turn. How they are doing is judged as ever."""
    state = Health.FAILING.value if failing else ""
    _change(
        ctx,
        options,
        {"verb": "retry", "ids": ids, "tag": tag, "state": state},
        "Asked again",
        "is being read, or is stopped",
    )


@click.command("remove")
@_chosen
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_options
@click.pass_context
def remove(ctx: click.Context, options: Options, ids: tuple[str, ...], tag: str, yes: bool) -> None:
    """Strike out feeds that were added by command. What they brought stays, and so does their history if they come back.

    A feed that is named in a file is struck out there.
    """
    if not yes and (ids or tag):
        click.confirm(
            f"Strike out {', '.join(map(escaped, ids)) or f'all feeds with the tag {escaped(tag)}'}?", abort=True
        )
    _change(ctx, options, {"verb": "remove", "ids": ids, "tag": tag}, "Removed", "")


def _change(ctx: click.Context, options: Options, request: Mapping[str, Any], word: str, otherwise: str) -> None:
    if not (request["ids"] or request["tag"] or request.get("state")):
        raise click.UsageError("Say which feeds: by id, or by --tag.")
    config = changeable(options)
    answer = perform(config, request)
    for line in _told(answer, config, word, otherwise):
        click.echo(line)
    ctx.exit(Exit.FINDINGS if answer["unknown"] or answer["left"] else Exit.FINE)


def _told(answer: Mapping[str, Any], config: Config, word: str, otherwise: str) -> Iterator[str]:
    if answer["done"]:
        yield f"{word}: {named(answer['done'])}."
    for feed_id, near in answer["unknown"].items():
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        yield f"There is no feed '{escaped(feed_id)}'.{hint}"
    for each in answer["left"]:
        yield f"{each['id']} {otherwise or _owned(each['id'], config)}."
    if not (answer["done"] or answer["unknown"] or answer["left"]):
        yield "No feed is like that."


def _owned(feed_id: str, config: Config) -> str:
    place = config.place_of(feed_id) or "the configuration"
    return f"is named in {place}: strike it out there. Until then, presswatch feeds pause {feed_id} stops it"


def named(ids: Sequence[str]) -> str:
    """Return some ids, and how many more there are."""
    more = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
    return ", ".join(ids[:NAMED]) + more
