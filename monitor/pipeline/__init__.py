"""The one line through the house, from feeds to people:

    claim ─▶ fetch ─▶ parse ─▶ match ─▶ STORE        `polling`     (article, matches, fates, feed state: one transaction)
            claim ─▶ fetch ─▶ read ─▶ match ─▶ STORE  `pages`       (an article's page, the matches that it adds: one transaction)
                          plan ─▶ render ─▶ STORE    `planning`    (an edition and its messages: one transaction)
                       claim ─▶ send ─▶ STORE        `delivering`  (an attempt and what follows from it: one transaction)

Every stage asks the store for its work and commits the result together with the mark that the work is done, so a process
that dies anywhere repeats at most one attempt.
"""

from monitor.pipeline.delivering import Sender
from monitor.pipeline.pages import PageReader
from monitor.pipeline.planning import Planner
from monitor.pipeline.polling import Poller
from monitor.pipeline.setup import Access, Limits, Setup

__all__ = ["Access", "Limits", "PageReader", "Planner", "Poller", "Sender", "Setup"]
