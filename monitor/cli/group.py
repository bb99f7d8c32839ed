"""The command `presswatch`: finds a subcommand's module when it is called, and turns errors into messages and exit codes."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from monitor import __version__
from monitor.cli import screens
from monitor.cli.exits import Exit
from monitor.cli.lazy import Entry, Lazy
from monitor.cli.options import Options, color_choice
from monitor.errors import AnotherInstance, FaultyInput, StoreError

COMMANDS: Mapping[str, Entry] = {
    "demo": Entry("monitor.cli.demo", "demo", "Show everything at work, without network, mail or configuration."),
    "init": Entry("monitor.cli.init", "init", "Write a starting configuration, example rules and templates."),
    "run": Entry("monitor.cli.run", "run", "Read the feeds, match the rules, send the digests."),
    "check": Entry("monitor.cli.check", "check", "Check configuration, rules, examples and templates."),
    "test": Entry("monitor.cli.test", "test", "Try the examples and scenarios of the rules."),
    "explain": Entry("monitor.cli.explain", "explain", "Say why an article was found by a rule, or was not."),
    "rules": Entry("monitor.cli.rules", "rules", "List, show, start and lint rules."),
    "backtest": Entry("monitor.cli.backtest", "backtest", "Show what a rule would have found, and sent, in the past."),
    "match": Entry("monitor.cli.match", "match", "Match articles of a pipeline: JSON lines in, JSON lines out."),
    "search": Entry("monitor.cli.search", "search", "Search the stored articles, in the language of the rules."),
    "config": Entry("monitor.cli.show", "config", "Show the configuration in force, and where each value comes from."),
    "schema": Entry("monitor.cli.schema", "schema", "Print JSON Schemas, from which editors know every key."),
    "feeds": Entry("monitor.cli.feeds", "feeds", "See, try and change the feeds that are read."),
    "mute": Entry("monitor.cli.mute", "mute", "Tell nothing of a rule for a while."),
    "unmute": Entry("monitor.cli.mute", "unmute", "Hear a rule again."),
    "mutes": Entry("monitor.cli.mute", "listed", "Show which rules are muted, by whom and why."),
    "unsubscribed": Entry("monitor.cli.recipients", "listed", "Show who gets messages no more, and why."),
    "unsubscribe": Entry("monitor.cli.recipients", "unsubscribe", "Send to a recipient no more."),
    "resubscribe": Entry("monitor.cli.recipients", "resubscribe", "Send to a recipient again."),
    "digests": Entry("monitor.cli.digests", "digests", "List digests and editions, say when they are due, resend."),
    "preview": Entry("monitor.cli.preview", "preview", "Show an edition of a digest as it would look now."),
    "send-test": Entry("monitor.cli.send_test", "send_test_message", "Send a test message through a channel."),
    "outbox": Entry("monitor.cli.outbox", "outbox", "See what was sent or could not be, send it again, drop it."),
    "status": Entry("monitor.cli.status", "status", "Show how feeds, digests and deliveries are doing."),
    "healthcheck": Entry(
        "monitor.cli.healthcheck", "healthcheck", "Exit with 0 when a daemon is at work, for supervisors."
    ),
    "explain-code": Entry("monitor.cli.explain_code", "explain_code", "Explain a code such as PW110."),
}


class Commands(Lazy):
    """All commands. An error that Presswatch raises on purpose becomes its message and exit code."""

    table = COMMANDS

    def invoke(self, ctx: click.Context) -> Any:
        """Run; an error that Presswatch raises on purpose becomes its message and exit code."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Who reads our output has had enough: end as every filter does, of that signal and without a word.
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            signal.raise_signal(signal.SIGPIPE)
        except FaultyInput as problem:
            click.echo(screens.full(screens.nearer(problem.diagnostics, Path.cwd())), err=True)
            ctx.exit(Exit.CONFIGURATION)
        except AnotherInstance as problem:
            click.echo(f"Presswatch is {problem} on this database.", err=True)
            ctx.exit(Exit.TRY_LATER)
        except StoreError as problem:
            click.echo(f"The database cannot be used: {problem}.", err=True)
            ctx.exit(Exit.UNAVAILABLE)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="The configuration to use.")
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
@click.option("-q", "--quiet", is_flag=True, help="Log warnings and errors only.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="When to use colours.")
@click.option(
    "--log-format", type=click.Choice(["auto", "text", "json"]), default="auto", help="The form of log lines."
)
@click.version_option(__version__, prog_name="presswatch")
@click.pass_context
def presswatch(
    ctx: click.Context, config: Path | None, verbose: bool, quiet: bool, color: str, log_format: str
) -> None:
    """Know at once, and never wrongly, when the news says what you care about.

    Without -c the configuration is $PRESSWATCH_CONFIG, ./config.toml, ~/.config/presswatch/config.toml or
    /etc/presswatch/config.toml, whichever is there first.
    """
    if verbose and quiet:
        raise click.UsageError("--verbose and --quiet exclude each other.")
    ctx.color = color_choice(color, os.environ)
    ctx.obj = Options(config, int(verbose) - int(quiet), ctx.color, log_format)


def main() -> None:
    """Run the command line and leave with its exit code; an interruption before a clean stop is 130."""
    try:
        code = presswatch.main(prog_name="presswatch", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(Exit.INTERRUPTED)
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)
    sys.exit(code if isinstance(code, int) else Exit.FINE)
