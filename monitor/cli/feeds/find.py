"""`presswatch feeds find`: the feeds of a site."""

import asyncio
from collections.abc import Iterator

import click

from monitor.cli.exits import Exit
from monitor.cli.feeds.finding import Found
from monitor.cli.feeds.finding import find as feeds_of
from monitor.cli.feeds.looking import looker
from monitor.cli.options import Options, pass_options
from monitor.cli.wording import in_json
from monitor.errors import FetchError
from monitor.log import escaped


@click.command("find")
@click.argument("site", metavar="SITE")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a feed, one in a line, times in UTC.")
@click.option("--allow-private", is_flag=True, help="Let addresses lead into your own network.")
@pass_options
@click.pass_context
def find(ctx: click.Context, options: Options, site: str, as_json: bool, allow_private: bool) -> None:
    """Find the feeds of a site by its address: those that its page names, else those in the usual places. Each is read.

    Ends with 1 where there are none.
    """
    try:
        found = asyncio.run(_find(options, site, allow_private=allow_private))
    except FetchError as error:
        raise click.ClickException(f"{site} cannot be read: {error}") from None
    if not found:
        click.echo(f"No feed was found at {escaped(site)}.", err=True)
    for each in found:
        for line in [_as_json(each)] if as_json else described(each):
            click.echo(line)
    ctx.exit(Exit.FINE if found else Exit.FINDINGS)


async def _find(options: Options, site: str, *, allow_private: bool) -> list[Found]:
    async with looker(options, allow_private=allow_private) as looking:
        return await feeds_of(looking, site)


def described(found: Found) -> Iterator[str]:
    """Yield the lines that describe a feed to somebody who has to choose."""
    preview = found.preview
    newest = f"newest {found.newest:%Y-%m-%d %H:%M} UTC" if found.newest else "no dates"
    held = "summaries only" if preview.only_summaries else "whole articles"
    yield click.style(escaped(found.url), bold=True)
    yield f"  {escaped(preview.title or 'without a title')} · {preview.format} · {len(preview.entries)} entries, {newest} · {held} · {found.why}"


def _as_json(found: Found) -> str:
    told = {
        "url": found.url,
        "title": found.preview.title,
        "format": found.preview.format,
        "entries": len(found.preview.entries),
        "newest": found.newest,
        "only_summaries": found.preview.only_summaries,
        "why": found.why,
    }
    return in_json(told)
