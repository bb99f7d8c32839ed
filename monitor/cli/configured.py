"""From the command line's options to a configuration and to logging as it says."""

import logging
import sys
from pathlib import Path
from typing import IO, Any

import click

from monitor import log
from monitor.cli.exits import Exit
from monitor.cli.options import Options
from monitor.config import Config, find, load, nowhere
from monitor.diagnostics import Severity

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class NoConfiguration(click.ClickException):
    """There is no configuration anywhere; says where it was looked for and what to do."""

    exit_code = Exit.CONFIGURATION

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message as it is: it is no error of the person who is new here."""
        click.echo(self.message, file=file, err=file is None)


def found(options: Options) -> Path:
    """Return the configuration file's path. Raises NoConfiguration."""
    path = find(options.config, options.environ)
    if path is None:
        raise NoConfiguration(nowhere(options.environ))
    return path


def configuration(options: Options, *, missing_secrets: Severity = Severity.ERROR) -> Config:
    """Return the configuration. Raises NoConfiguration, ConfigurationError."""
    return load(found(options), options.environ, missing_secrets=missing_secrets)


def start_logging(options: Options, config: Config) -> log.RedactingHandler:
    """Log to stderr as the configuration says, or the options where they say otherwise; hides all its secrets."""
    settings = config.settings.log
    level = {1: logging.DEBUG, 0: _LEVELS[settings.level]}.get(options.loudness, logging.WARNING)
    wanted = settings.format if options.log_format == "auto" else options.log_format
    terminal = sys.stderr.isatty()
    form: log.Form = "text" if wanted == "text" or (wanted == "auto" and terminal) else "json"
    handler = log.start(sys.stderr, level=level, form=form, color=terminal if options.color is None else options.color)
    handler.hide(config.hidden())
    return handler
