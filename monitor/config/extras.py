"""What a configuration asks for that only an extra brings."""

from collections.abc import Callable, Iterator

from monitor.channels.settings import APPRISE_HINT, apprise_installed
from monitor.config.documents import Fault
from monitor.config.settings import AppriseChannel, Settings
from monitor.diagnostics import Severity


def missing(
    settings: Settings, *, severity: Severity, installed: Callable[[], bool] = apprise_installed
) -> Iterator[Fault]:
    """Yield which channels are of a kind that is not installed here, as faults of this severity."""
    kept = [name for name, each in settings.channels.items() if isinstance(each, AppriseChannel)]
    if kept and not installed():
        for name in kept:
            told = "channels of the type 'apprise' need what is not installed"
            yield Fault(("channels", name, "type"), "PW153", told, APPRISE_HINT, severity=severity)
