"""The daemon as `presswatch run` runs it, with a probe in its event loop: `python -m bench.support.daemon CONFIG`."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from bench.support.probe import Probe
from monitor.app.daemon import App
from monitor.config import load


async def serve(path: Path) -> None:
    """Run until SIGTERM, then print how late the loop was."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    app = App(load(path, os.environ))
    await app.open()
    probe = Probe()
    try:
        await app.serve(stop)
        print(probe.result())
    finally:
        await app.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
