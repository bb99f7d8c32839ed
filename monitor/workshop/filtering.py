"""Articles of a pipeline put to rules, one at a time, with what that alone took."""

import json
import time
from typing import IO

from monitor.core.match import Hit, Matcher
from monitor.workshop.lines import Line


class Filter:
    """Puts articles to a matcher. `seconds` is the processor time that matching took so far, for `articles` of them.

    Reading and writing lines are not in it, nor is finding where a rule matched, which is done for hits alone.
    """

    def __init__(self, matcher: Matcher) -> None:
        self._match = matcher.match
        self.seconds = 0.0
        self.articles = 0

    def answer(self, line: Line, out: IO[bytes]) -> list[str]:
        """Write what matches as a line of JSON, at once; return what went wrong, in words."""
        started = time.process_time()
        hits = self._match(line.document)
        self.seconds += time.process_time() - started
        self.articles += 1
        told = json.dumps({"id": line.id, "matches": [_told(each) for each in hits]})
        out.write(f"{told}\n".encode())
        out.flush()
        return [f"a regular expression of rule '{rule.id}' ran out of time" for rule in hits.overrun]

    @property
    def rate(self) -> float:
        """Articles a second, by matching alone; 0 where there was none."""
        return self.articles / self.seconds if self.seconds else 0.0


def _told(hit: Hit) -> dict[str, object]:
    return {"rule": hit.rule.id, "spans": [[each.field, each.start, each.end] for each in hit.spans]}
