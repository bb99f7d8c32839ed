"""How late an event loop comes back: measured in the daemon's, and in an idle one beside it (`python -m bench.support.probe`).

What an idle loop is late by is the machine's doing: its other programs, and what the benchmark itself runs.
"""

import asyncio
import json
import signal

_EVERY = 0.005


class Probe:
    """Asks its event loop to come back every few milliseconds. SIGUSR1 starts the measure anew."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._late: list[float] = []
        loop.add_signal_handler(signal.SIGUSR1, self._late.clear)
        self._task = loop.create_task(self._ask())

    async def _ask(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            asked = loop.time()
            await asyncio.sleep(_EVERY)
            self._late.append(loop.time() - asked - _EVERY)

    def result(self) -> str:
        """Stop; return as JSON the worst and the 99th percentile, in seconds."""
        self._task.cancel()
        late = sorted(self._late)
        return json.dumps({"worst": late[-1], "p99": late[int(len(late) * 0.99)]})


async def _idle() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    probe = Probe()
    await stop.wait()
    print(probe.result())


if __name__ == "__main__":
    asyncio.run(_idle())
