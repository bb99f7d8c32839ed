"""`presswatch feeds add`: a feed of the database's own."""

import asyncio
import json
import os
from collections.abc import Mapping
from typing import Any

import click

from monitor.cli.asking import changeable, perform
from monitor.cli.exits import Exit
from monitor.cli.feeds.find import described
from monitor.cli.feeds.finding import Found
from monitor.cli.feeds.finding import find as feeds_of
from monitor.cli.feeds.looking import looker
from monitor.cli.options import Options, pass_options
from monitor.config import Config
from monitor.errors import FetchError
from monitor.log import escaped
from monitor.pipeline import Access


@click.command("add")
@click.argument("url", metavar="URL")
@click.option("--id", "feed_id", default="", metavar="ID", help="What rules call it; made of the address when missing.")
@click.option("--title", default="", help="What messages call it; its own title when missing.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A word that rules can name; may be repeated.")
@click.option("--every", default="", metavar="10m", help="How often to ask at the most; as [fetch] says when missing.")
@click.option(
    "--weight", type=int, default=1, help="1 to 100; of copies of a story the heaviest feed's is shown first."
)
@click.option("--user", default="", help="The user name, with --password.")
@click.option("--password", default="", metavar="env:NAME|file:PATH", help="Where the password is kept.")
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="NAME=VALUE",
    help="A request header; VALUE may be env:NAME or file:PATH.",
)
@click.option("--allow-private", is_flag=True, help="Let the address lead into your own network.")
@click.option("--no-check", is_flag=True, help="Add it without having read it.")
@pass_options
@click.pass_context
def add(ctx: click.Context, options: Options, /, url: str, no_check: bool, allow_private: bool, **given: Any) -> None:
    """Add a feed by its address, or by that of its site, and read it first.

    It belongs to the database: `feeds remove` strikes it out. A feed that is named in config.toml or an included file is added
    there instead.
    """
    config = changeable(options)
    entry = _entry(url, allow_private=allow_private, **given)
    if not no_check:
        entry["url"] = url = _looked_at(options, url, _access(config, entry), allow_private=allow_private)
    answer = perform(config, {"verb": "add", "entries": [json.dumps(entry)]})
    for wrong in answer["wrong"]:
        raise click.ClickException(f"Nothing was added: {wrong}")
    for each in answer["known"]:
        owner = config.place_of(each["id"]) if each["origin"] == "config" else "the database"
        stopped = f" It is {each['stopped']}: presswatch feeds resume {each['id']}." if each["stopped"] else ""
        click.echo(f"It is there already: {each['id']}, of {owner}, at {escaped(each['url'])}.{stopped}")
        ctx.exit(Exit.FINDINGS)
    click.echo(
        f"Added {answer['done'][0]}: {escaped(url)}. What is in it now rings for nobody; what comes from now on does."
    )


def _access(config: Config, entry: Mapping[str, object]) -> Access:
    """Return what a request for the feed needs. Raises click.ClickException where the entry is wrong, or a secret is not here."""
    try:
        found = config.own_access(json.dumps(entry), os.environ)
    except ValueError as error:
        raise click.ClickException(f"Nothing was added: {error}. With --no-check it is not tried from here.") from None
    return Access(str(entry["url"]), found.headers, found.auth)


def _looked_at(options: Options, url: str, access: Access, *, allow_private: bool) -> str:
    """Return the address of the feed that is at `url`, or that its page names. Raises click.ClickException for none or several."""
    try:
        found = asyncio.run(_find(options, url, access, allow_private=allow_private))
    except FetchError as error:
        raise click.ClickException(f"Nothing was added: {error}. With --no-check it is added all the same.") from None
    if len(found) == 1:
        return found[0].url
    if not found:
        raise click.ClickException("Nothing was added: there is no feed at this address, and none that its page names.")
    for each in found:
        for line in described(each):
            click.echo(line)
    raise click.ClickException(
        f"Nothing was added: there are {len(found)} feeds; add the one that you mean by its address."
    )


async def _find(options: Options, url: str, access: Access, *, allow_private: bool) -> list[Found]:
    async with looker(options, allow_private=allow_private, access=access) as looking:
        return await feeds_of(looking, url)


def _entry(
    url: str,
    *,
    feed_id: str,
    title: str,
    tags: tuple[str, ...],
    every: str,
    weight: int,
    user: str,
    password: str,
    headers: tuple[str, ...],
    allow_private: bool,
) -> dict[str, object]:
    """Return the [[feeds]] table that the options describe; secrets stay references."""
    told = {
        "url": url,
        "id": feed_id,
        "title": title,
        "tags": list(tags),
        "every": every,
        "weight": weight if weight != 1 else 0,
        "auth": {"user": user, "password": _reference(password)} if user or password else None,
        "headers": dict(map(_header, headers)),
        "allow_private": allow_private,
    }
    return {name: value for name, value in told.items() if value}


def _header(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter("write it as NAME=VALUE", param_hint="--header")
    return name, _reference(value) if value.startswith(("env:", "file:")) else value


def _reference(text: str) -> dict[str, str]:
    kind, _, name = text.partition(":")
    if kind not in ("env", "file") or not name:
        raise click.BadParameter("a secret is named, never written: env:NAME or file:PATH", param_hint="--password")
    return {kind: name}
