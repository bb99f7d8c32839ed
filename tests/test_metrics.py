"""Metrics: names that dashboards rely on, and a registry for each daemon."""

import pytest
from prometheus_client import generate_latest

from monitor import __version__
from monitor.metrics import Metrics


@pytest.mark.parametrize(
    "name",
    [
        "presswatch_articles_stored_total",
        "presswatch_beat_failures_total",
        "presswatch_beat_seconds",
        "presswatch_build_info",
        "presswatch_deliveries_total",
        "presswatch_delivery_seconds",
        "presswatch_editions_total",
        "presswatch_feeds",
        "presswatch_ledger_broken",
        "presswatch_loop_lag_seconds",
        "presswatch_matches_total",
        "presswatch_outbox",
        "presswatch_outbox_oldest_age_seconds",
        "presswatch_poll_seconds",
        "presswatch_polls_total",
        "presswatch_rules",
        "presswatch_rules_last_reload_successful",
        "presswatch_template_faults_total",
        "process_resident_memory_bytes",
    ],
)
def test_the_names_that_dashboards_rely_on_are_there(name: str) -> None:
    assert f"# HELP {name} " in generate_latest(Metrics().registry).decode()


def test_attempts_are_counted_by_channel_and_outcome() -> None:
    metrics = Metrics()
    metrics.deliveries.labels("desk", "sent").inc()
    labels = {"channel": "desk", "outcome": "sent"}
    assert metrics.registry.get_sample_value("presswatch_deliveries_total", labels) == 1


def test_the_version_is_told() -> None:
    assert Metrics().registry.get_sample_value("presswatch_build_info", {"version": __version__}) == 1


def test_two_daemons_in_one_process_do_not_share_figures() -> None:
    one, other = Metrics(), Metrics()
    one.matches.inc()
    assert other.registry.get_sample_value("presswatch_matches_total") == 0
