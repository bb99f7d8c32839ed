"""`presswatch preview`: an edition of a digest as it would look if it were made now."""

import asyncio
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import click

from monitor.app import trying
from monitor.app.clock import utc_now
from monitor.channels import bodies
from monitor.cli.configured import configuration
from monitor.cli.durations import DURATION
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.cli.wording import no_such, numbered
from monitor.config import Config
from monitor.core.digest import DigestSpec, PendingMatch, WaitingMatch
from monitor.core.model import EditionRef
from monitor.diagnostics import Severity
from monitor.errors import StoreError
from monitor.pipeline import showing
from monitor.pipeline.showing import Beside
from monitor.pipeline.waiting import reopened
from monitor.render import sample
from monitor.render.renderer import Rendered
from monitor.store import Store, Tx, fates, keys, mutes


@click.command("preview")
@click.argument("digest")
@click.option(
    "--since", type=DURATION, metavar="DURATION", help="With all that came in the last 24h, 7d …, sent or not."
)
@click.option("--sample", "made_up", is_flag=True, help="With made-up news, to try templates.")
@click.option("--html", "form", flag_value="html", help="Print the mail's HTML.")
@click.option("--slack", "form", flag_value="slack", help="Print Slack's message as JSON (Block Kit).")
@click.option("--webhook", "form", flag_value="webhook", help="Print what a webhook gets (JSON, a line for each part).")
@click.option("--open", "form", flag_value="open", help="Show the mail's HTML in a browser.")
@pass_options
@click.pass_context
def preview(
    ctx: click.Context, options: Options, digest: str, since: timedelta | None, made_up: bool, form: str | None
) -> None:
    """Show an edition of DIGEST as it would be if it were made now, of what waits for it; nothing is sent or changed.

    Where nothing waits, made-up news shows what it looks like.
    """
    config = configuration(options, missing_secrets=Severity.WARNING)
    spec = next((each for each in config.digests() if each.id == digest), None)
    if spec is None:
        click.echo(no_such("digest", digest, (each.id for each in config.digests())), err=True)
        ctx.exit(Exit.FINDINGS)
    rendered = _made_up(config, spec) if made_up else _of_now(config, spec, since)
    for fault in rendered.faults:
        click.echo(f"The built-in template was used: {fault.path}:{fault.line}: {fault.message}", err=True)
    _show(spec, rendered, form)
    ctx.exit(Exit.FINDINGS if rendered.faults else Exit.FINE)


def _of_now(config: Config, spec: DigestSpec, since: timedelta | None) -> Rendered:
    try:
        now, taken, beside, key = _waiting(config, spec, since)
    except StoreError as error:
        click.echo(f"This is made-up news, for the database cannot be used: {error}", err=True)
        return _made_up(config, spec)
    if not taken:
        what = "Nothing came in that time" if since else "Nothing waits"
        click.echo(f"{what} for {spec.id}: this is made-up news. --since 24h shows what came, sent or not.", err=True)
        return _made_up(config, spec)
    click.echo(f"{numbered(len(taken), 'match', 'matches')} for {spec.id}.", err=True)
    return asyncio.run(trying.edition(config, spec, taken, beside, now, key))


def _waiting(
    config: Config, spec: DigestSpec, since: timedelta | None
) -> tuple[datetime, Sequence[PendingMatch], Beside, bytes | None]:
    store = Store(config.database_url)
    store.open(exclusive=False)
    with store, store.reading() as tx:
        taken = fates.brought(tx, spec.id, tx.now - since) if since else fates.pending(tx, spec.id)
        waiting = [] if since else list(reopened(tx, spec, fates.waiting_for(tx, spec.id)))
        gathering = {each.match_id for each in waiting if each.gathers}
        over = {each.match_id for each in waiting if each.told and each.reopens_at is None}
        silent = _muted(tx, waiting)
        held = {each.match_id for each in waiting if each.held} - gathering - silent
        fresh = [each for each in taken if each.match_id not in gathering | over | silent | held]
        for some, why in (
            (gathering, "of rules that tell only waves"),
            (silent, "of rules that are muted"),
            (held, "held for later"),
        ):
            if some:
                click.echo(f"{numbered(len(some), 'match waits', 'matches wait')} besides, {why}.", err=True)
        beside = showing.read(tx, spec, fresh, tx.now - since if since else None)
        proof = replace(beside.proof, silenced=beside.proof.silenced + len(silent))
        return tx.now, fresh, replace(beside, proof=proof), keys.made(tx, keys.LINKS)


def _muted(tx: Tx, waiting: Iterable[WaitingMatch]) -> set[int]:
    """Return those of some matches that would be silenced now."""
    rules = {each.rule_id for each in mutes.active(tx)}
    return {each.match_id for each in waiting if each.rule_id in rules}


def _made_up(config: Config, spec: DigestSpec) -> Rendered:
    matches = [each for each in sample.matches() if not spec.instant or each.story_id == 1]
    beside = Beside(sample.PROOF, {} if spec.instant else sample.WEEK)
    return asyncio.run(trying.edition(config, spec, matches, beside, sample.MADE_AT))


def _show(spec: DigestSpec, rendered: Rendered, form: str | None) -> None:
    message = rendered.message
    match form:
        case "html":
            click.echo(message.html)
        case "slack":
            click.echo(json.dumps({"blocks": message.slack}, ensure_ascii=False, indent=1))
        case "webhook":
            ref = EditionRef(f"{spec.id}/preview", spec.id, spec.title, utc_now())
            for parcel in bodies.compose("preview", "webhook", message, ref):
                click.echo(parcel.payload)
        case "open":
            path = Path(tempfile.gettempdir()) / f"presswatch-preview-{utc_now():%Y%m%dT%H%M%S}.html"
            path.write_text(message.html, encoding="utf-8")
            click.echo(str(path))
            click.launch(str(path))
        case _:
            click.echo(f"{click.style(message.subject, bold=True)}\n\n{message.text}")
