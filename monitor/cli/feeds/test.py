"""`presswatch feeds test`: what would be stored of a feed, before it is trusted."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

import click

from monitor.cli.exits import Exit
from monitor.cli.feeds.looking import looker
from monitor.cli.options import Options, pass_options
from monitor.cli.wording import in_json
from monitor.core.articles import cut
from monitor.log import escaped
from monitor.parse.preview import Preview, Shown


@click.command("test")
@click.argument("sources", nargs=-1, required=True, metavar="URL|FILE…")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a document, one in a line, times in UTC.")
@click.option("--allow-private", is_flag=True, help="Let addresses lead into your own network.")
@pass_options
@click.pass_context
def test(ctx: click.Context, options: Options, sources: tuple[str, ...], as_json: bool, allow_private: bool) -> None:
    """Read feeds, and show what would be stored of each. Nothing is stored, and no configuration is needed.

    Addresses are asked as the daemon would ask them; files are read as they are. Ends with 1 where one could not be read.
    """
    failed = asyncio.run(_run(options, sources, as_json=as_json, allow_private=allow_private))
    ctx.exit(Exit.FINDINGS if failed else Exit.FINE)


async def _run(options: Options, sources: Sequence[str], *, as_json: bool, allow_private: bool) -> int:
    failed = 0
    async with looker(options, allow_private=allow_private) as looking:
        async for source, preview in looking.tried(sources):
            failed += bool(preview.error)
            for line in [_as_json(source, preview)] if as_json else _as_text(source, preview):
                click.echo(line)
    return failed


def _as_json(source: str, preview: Preview) -> str:
    told = {
        "source": source,
        "format": preview.format,
        "title": preview.title,
        "link": preview.link,
        "entries": [asdict(each) for each in preview.entries],
        "warnings": preview.warnings,
        "error": preview.error or None,
    }
    return in_json(told)


def _as_text(source: str, preview: Preview) -> list[str]:
    if preview.error:
        return [f"✗ {escaped(source)}", f"  {escaped(preview.error)}", ""]
    count = len(preview.entries)
    head = f"✓ {escaped(source)}"
    what = f"  {escaped(preview.title or 'a feed without a title')} · {preview.format} · {count} {'entry' if count == 1 else 'entries'}"
    site = [f"  {preview.link}"] if preview.link else []
    told = [f"  ! {escaped(each)}" for each in preview.warnings]
    short = (
        ["  ! no entry holds more than a summary: full_text lets rules see the pages"] if preview.only_summaries else []
    )
    return [head, what, *site, *told, *short, *(line for each in preview.entries for line in _entry(each)), ""]


def _entry(shown: Shown) -> list[str]:
    dated = shown.published.strftime("%Y-%m-%d %H:%M") if shown.published else "undated".ljust(16)
    lines = [f"  {dated}  {escaped(shown.title)}", *([f"{'':20}{escaped(shown.link)}"] if shown.link else [])]
    text = " ".join(shown.text.split())
    return [*lines, *([f"{'':20}{escaped(cut(text, 100))}"] if text and text != shown.title else [])]
