"""Templates looked at before a message needs them: when the daemon starts, and whenever one of them or the configuration changes."""

import logging
from collections.abc import Sequence

from monitor.app.upkeep import first_told
from monitor.config import Config
from monitor.config.templates import missing_templates
from monitor.diagnostics import Diagnostic
from monitor.render.renderer import Renderer
from monitor.store import Store, Tx, gates, notices

log = logging.getLogger(__name__)


async def look_over(store: Store, config: Config, renderer: Renderer) -> None:
    """Say what is wrong with the templates, in the log and, for as long as it is, in a notice."""
    faults = [*missing_templates(config), *await renderer.check()]
    for each in faults:
        log.error("%s", each)
    if faults:
        log.error("messages have the built-in form wherever a template fails")
    await store.run(_tell, faults)


def _tell(tx: Tx, faults: Sequence[Diagnostic]) -> None:
    if faults:
        notices.put(tx, notices.TEMPLATES, first_told(faults))
    else:
        gates.lift(tx, notices.TEMPLATES)
