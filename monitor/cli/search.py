"""`presswatch search QUERY`: what is in the archive, asked in the language of the rules."""

import time
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import click

from monitor.cli import marks
from monitor.cli.configured import configuration
from monitor.cli.durations import DURATION
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.cli.progress import on_stderr, progress
from monitor.cli.queries import asked_for
from monitor.cli.wording import in_json, numbered
from monitor.diagnostics import Severity
from monitor.log import escaped
from monitor.store import Store, archive
from monitor.store.archive import Window
from monitor.workshop.search import Found, Search


@click.command("search")
@click.argument("words", nargs=-1, required=True, metavar="QUERY")
@click.option("--since", type=DURATION, metavar="TIME", help="Only articles that came in within TIME, such as 30d.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many, the newest."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, times in UTC, spans as [field, start, end].")
@pass_options
@click.pass_context
def search(
    ctx: click.Context, options: Options, words: tuple[str, ...], since: timedelta | None, limit: int, as_json: bool
) -> None:
    """Search the stored articles with QUERY, in the language of the rules.

    Words in a row are a phrase. Put a longer query into single quotes: 'ferry AND ("on strike" OR walkout)'. The lists of the
    rule files can be used as $name.
    """
    if len(words) > 1:
        raise click.UsageError("The shell took the query apart. Put all of it into single quotes: 'ferry AND strike'.")
    config = configuration(options, missing_secrets=Severity.WARNING)
    asked = asked_for(ctx, config, words[0])
    store = Store(config.database_url)
    store.open(exclusive=False)
    with store:
        with store.reading() as tx:
            searched = Search(asked, Window(since=tx.now - since if since else None), limit)
        began = time.monotonic()
        stopped = _run(store, searched)
        summary = f"{_summary(store, searched, stopped=stopped)} ({time.monotonic() - began:.2f} s)"
    _show(searched, ZoneInfo(config.settings.service.timezone), as_json=as_json)
    click.echo(summary, err=as_json)
    ctx.exit(Exit.INTERRUPTED if stopped else Exit.FINDINGS if searched.runs_away else Exit.FINE)


def _run(store: Store, searched: Search) -> bool:
    """Search to the end; return whether it was interrupted, which loses nothing that was found."""
    steps = searched.steps(store.reading)
    if searched.reads_everything:
        total = _count(store, searched.window)
        click.echo(f"The query has no word to look up: up to {total:,} articles have to be read.", err=True)
        steps = progress(steps, total, what="reading the archive", console=on_stderr())
    try:
        for _ in steps:
            pass
    except KeyboardInterrupt:
        return True
    return False


def _count(store: Store, window: Window) -> int:
    with store.reading() as tx:
        return archive.count(tx, window)


def _show(searched: Search, zone: ZoneInfo, *, as_json: bool) -> None:
    found = sorted(searched.found, key=lambda each: each.article.published, reverse=True)
    if as_json:
        click.echo(in_json([_told(each) for each in found], indent=2))
        return
    for each in found:
        for line in _lines(each, zone):
            click.echo(line)


def _lines(found: Found, zone: ZoneInfo) -> Iterator[str]:
    article = found.article
    when = f"{article.published.astimezone(zone):%a %Y-%m-%d %H:%M}"
    yield f"{click.style(when, dim=True)}  {escaped(article.feed)}  {click.style(f'#{article.id}', dim=True)}"
    yield f"  {marks.line(article.title, found.spans, 'title')}"
    for name, text in (("summary", article.summary), ("body", article.body)):
        if any(span.field == name for span in found.spans):
            yield f"  {marks.excerpt(text, found.spans, name)}"
    if article.url:
        yield f"  {click.style(escaped(article.url), fg='blue')}"
    yield ""


def _told(found: Found) -> dict[str, object]:
    article = found.article
    return {
        "id": article.id,
        "feed_id": article.feed_id,
        "feed": article.feed,
        "published": article.published,
        "seen_at": article.seen_at,
        "title": article.title,
        "summary": article.summary,
        "body": article.body,
        "url": article.url,
        "author": article.author,
        "language": article.language,
        "tags": article.tags,
        "spans": [(each.field, each.start, each.end) for each in found.spans],
    }


def _summary(store: Store, searched: Search, *, stopped: bool) -> str:
    """Return how many were found, and what to do for more."""
    count = f"{len(searched.found):,} found"
    if stopped:
        return f"{count} until you stopped it."
    if searched.runs_away:
        return f"{count} before it was given up: a regular expression of the query takes too long."
    if searched.more:
        return f"{count}, and there are more: a larger --limit shows them."
    return f"{count}." if searched.found else _nothing(_count(store, searched.window), searched.window)


def _nothing(stored: int, window: Window) -> str:
    if not stored:
        return "No article came in since then." if window.since else "The archive is empty: `presswatch run` fills it."
    return f"Nothing found in {numbered(stored, 'article')}."
