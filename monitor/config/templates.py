"""The templates that a configuration names: those that people wrote, and those that are not there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from monitor.config.config import Config
from monitor.config.defaults import shipped_templates
from monitor.config.documents import Fault
from monitor.diagnostics import Diagnostic


def own_templates(config: Config) -> list[Path]:
    """Return the files of the user's own templates that are there now."""
    return [file for folder in config.template_folders if folder.is_dir() for file in folder.glob("*.j2")]


def missing_templates(config: Config) -> Iterator[Diagnostic]:
    """Yield a fault for each digest whose template nobody wrote."""
    folders = (*config.template_folders, shipped_templates())
    for each in config.digests():
        if not any(True for folder in folders if folder.is_dir() for _ in folder.glob(f"{each.template}.*.j2")):
            message = f"digest '{each.id}' has a template that does not exist, '{each.template}'"
            fault = config.written.diagnostic(Fault(("digests", each.id, "template"), "PW308", message))
            # A daemon has let go of where things are written.
            yield replace(fault, path=fault.path or str(config.path))
