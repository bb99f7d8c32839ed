"""Durations on the command line, written as they are in config.toml."""

from datetime import timedelta

import click

from monitor.config import units


class DurationType(click.ParamType[timedelta]):
    """A duration such as 30s, 5m, 24h or 7d."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return the duration, or fail with what was expected."""
        if isinstance(value, timedelta):
            return value
        try:
            return units.duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


DURATION = DurationType()
