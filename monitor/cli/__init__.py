"""The command line."""

from monitor.cli.group import main

__all__ = ["main"]
