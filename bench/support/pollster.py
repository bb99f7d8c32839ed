"""A poller whose feeds answer "not modified" after a while, for some seconds: `python -m bench.support.pollster URL SECONDS`.

Prints what it did as JSON.
"""

import asyncio
import json
import sys
import time

from monitor.app.clock import utc_now
from monitor.core.match import Matcher
from monitor.fetch import Request, Response
from monitor.metrics import Metrics
from monitor.pipeline import Limits, Poller, Setup
from monitor.store import Store
from monitor.workers import Workers

AT_ONCE = 100
#: Seconds that a feed takes to answer: what the network takes, most of a poller's time is spent waiting.
ANSWER = 0.4
TICK = 0.05


class Elsewhere:
    """Servers far away for whom nothing has changed. `asked`: how often they were."""

    asked = 0

    async def retrieve(self, request: Request) -> Response:
        """Say so after a while."""
        self.asked += 1
        await asyncio.sleep(ANSWER)
        return Response(304, {}, b"", request.url)


async def poll(url: str, seconds: float) -> dict[str, float]:
    """Poll what is due for some seconds; return what was done."""
    setup = Setup(access={}, rules=(), matcher=Matcher(()), digests={}, channels={})
    elsewhere = Elsewhere()
    with Store(url) as store:
        store.open(exclusive=False)
        poller = Poller(store, lambda: setup, elsewhere.retrieve, Workers(), Metrics(), utc_now, Limits(polls=AT_ONCE))
        await poller.poll_due()
        started, used, before = time.monotonic(), time.process_time(), elsewhere.asked
        while time.monotonic() - started < seconds:
            await asyncio.sleep(TICK)
            await poller.poll_due()
        done = elsewhere.asked - before
        await poller.stop()
        return {"feeds": done, "seconds": time.monotonic() - started, "cpu": time.process_time() - used}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(poll(sys.argv[1], float(sys.argv[2])))))
