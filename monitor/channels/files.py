"""Files as what a channel writes: whole or not at all, and what follows where the disk does not take them."""

import errno
import os
from pathlib import Path

from monitor.channels.receipts import receipt
from monitor.core.model import Outcome, Receipt


def put(file: Path, text: str, *, started: Path) -> None:
    """Write `started` and rename it to `file`, so that no reader ever sees half of it. Raises OSError."""
    with started.open("wb") as opened:
        opened.write(text.encode("utf-8", "replace"))
        opened.flush()
        os.fsync(opened.fileno())
    started.replace(file)


def unwritten(fault: OSError) -> Receipt:
    """Judge what a disk refused: it may have room again."""
    return receipt(Outcome.RETRY, "write", errno.errorcode.get(fault.errno or 0, "disk"), str(fault))
