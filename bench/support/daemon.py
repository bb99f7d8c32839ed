"""The daemon as `presswatch run` runs it, with a probe in its event loop: `python -m bench.support.daemon CONFIG`.

At its end it prints as JSON how late the loop came back: {"worst": seconds, "p99": seconds}; SIGUSR1 starts the
measure anew.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from monitor.app import App
from monitor.config import load

_EVERY = 0.005


async def serve(path: Path) -> None:
    """Run until SIGTERM."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    app = App(load(path, os.environ))
    await app.open()
    late: list[float] = []
    loop.add_signal_handler(signal.SIGUSR1, late.clear)
    probe = asyncio.create_task(_probe(late))
    try:
        await app.serve(stop)
    finally:
        probe.cancel()
        await app.close()
    late.sort()
    print(json.dumps({"worst": late[-1], "p99": late[int(len(late) * 0.99)]}))


async def _probe(late: list[float]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        asked = loop.time()
        await asyncio.sleep(_EVERY)
        late.append(loop.time() - asked - _EVERY)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
