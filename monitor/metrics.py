"""The daemon's figures for Prometheus, under names that dashboards and alerts can rely on."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector

from monitor import __version__

#: Seconds; a poll or a send ends within its deadline of at most a minute or so.
_EXCHANGE = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0)
#: Seconds; over 0.1 the loop is no longer its own master.
_LAG = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """Every figure the daemon keeps, in a registry of its own: two daemons in one process do not share them.

    Attribute names are the metric names without the prefix `presswatch_` and the suffixes `_total` and `_seconds`.
    """

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.build = Info("presswatch_build", "The version that runs.", registry=registry)
        self.build.info({"version": __version__})
        self._of_reading(registry)
        self._of_rules(registry)
        self._of_sending(registry)
        self._of_the_loop(registry)

    def _of_reading(self, registry: CollectorRegistry) -> None:
        self.feeds = Gauge("presswatch_feeds", "Feeds by how they are doing.", ["state"], registry=registry)
        self.polls = Counter("presswatch_polls", "Polls by how they ended.", ["result"], registry=registry)
        self.poll_seconds = Histogram(
            "presswatch_poll_seconds", "From request to the last byte.", buckets=_EXCHANGE, registry=registry
        )
        self.network_down = Gauge(
            "presswatch_network_down",
            "1 while nothing answers and no feed is blamed for it, else 0.",
            registry=registry,
        )
        self.articles_stored = Counter("presswatch_articles_stored", "New and changed articles.", registry=registry)
        self.pages = Counter("presswatch_pages", "Pages of articles by how they ended.", ["result"], registry=registry)
        self.matches = Counter("presswatch_matches", "New matches of an article and a rule.", registry=registry)

    def _of_rules(self, registry: CollectorRegistry) -> None:
        self.rules = Gauge("presswatch_rules", "Rules in force.", registry=registry)
        self.rules_always = Gauge(
            "presswatch_rules_always", "Rules that have to be tried on every article.", registry=registry
        )
        self.rules_switched_off = Gauge(
            "presswatch_rules_switched_off",
            "Rules switched off as their regular expressions ran away.",
            registry=registry,
        )
        self.rules_last_reload_successful = Gauge(
            "presswatch_rules_last_reload_successful",
            "1 when the newest rule files are in force, else 0.",
            registry=registry,
        )
        self.template_faults = Counter(
            "presswatch_template_faults",
            "Editions that fell back to the plain template.",
            ["template"],
            registry=registry,
        )

    def _of_sending(self, registry: CollectorRegistry) -> None:
        self.editions = Counter("presswatch_editions", "Editions made.", ["digest"], registry=registry)
        self.deliveries = Counter(
            "presswatch_deliveries",
            "Attempts to deliver, by how they ended: sent, degraded, retry, uncertain, paused or dead.",
            ["channel", "outcome"],
            registry=registry,
        )
        self.delivery_seconds = Histogram(
            "presswatch_delivery_seconds", "Time of one attempt.", ["channel"], buckets=_EXCHANGE, registry=registry
        )
        self.outbox = Gauge(
            "presswatch_outbox", "Deliveries that are not final, by state.", ["state"], registry=registry
        )
        self.outbox_dead = Gauge(
            "presswatch_outbox_dead",
            "Deliveries that were given up, but for those that people gave up.",
            registry=registry,
        )
        self.outbox_oldest_age = Gauge(
            "presswatch_outbox_oldest_age_seconds",
            "Age of the oldest delivery that still waits; 0: none.",
            registry=registry,
        )
        self.ledger_broken = Gauge(
            "presswatch_ledger_broken",
            "1 while what became of the matches does not add up, else 0.",
            registry=registry,
        )

    def _of_the_loop(self, registry: CollectorRegistry) -> None:
        self.loop_lag = Histogram(
            "presswatch_loop_lag_seconds", "How late the event loop came back.", buckets=_LAG, registry=registry
        )
        self.beat_seconds = Histogram(
            "presswatch_beat_seconds", "Time of one beat of a stage.", ["beat"], registry=registry
        )
        self.beat_failures = Counter(
            "presswatch_beat_failures", "Beats that ended in an unforeseen error.", ["beat"], registry=registry
        )
