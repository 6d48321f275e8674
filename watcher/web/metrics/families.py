"""What metrics there are: each with its meaning, its unit, and labels whose values are few.

Labels name teams, severities, stages and states: no stream, no image and no vulnerability, so that
the number of series does not grow with the fleet.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric

from watcher import __version__
from watcher.reading.gauges import Gauges
from watcher.report.figures.stretch import team_name

# What a pass counts, as far as it says how it fared.
WORK = (
    *("tags", "tags_changed", "images_new", "catalogued", "packages_matched"),
    *("episodes_opened", "episodes_closed", "tickets_created"),
    *("registry_requests", "manifest_gets", "bytes_pulled", "trivy_runs"),
)


def families(told: Gauges, now: datetime) -> Iterator[Metric]:
    """Every family of the record."""
    yield InfoMetricFamily("watcher_build", "Which watcher this is.", {"version": __version__})
    yield from _fleet(told)
    yield from _knowledge(told, now)
    yield from _passes(told)
    yield from _work(told)


def _fleet(told: Gauges) -> Iterator[Metric]:
    streams = GaugeMetricFamily(
        "watcher_streams",
        "Streams watched, and whether their figures rest on completed, fresh work.",
        labels=["team", "covered"],
    )
    for team in sorted({team for team, _ in told.covered}, key=team_name):
        for covered, word in ((True, "true"), (False, "false")):
            streams.add_metric([team_name(team), word], told.covered.get((team, covered), 0))
    yield streams
    labels = ["team", "severity"]
    open_ = GaugeMetricFamily(
        "watcher_exposures_open",
        "Exposures that last: a stream with a vulnerability, on however many platforms.",
        labels=labels,
    )
    past_due = GaugeMetricFamily(
        "watcher_exposures_past_due",
        "Those of them that the policy's due time is over of.",
        labels=labels,
    )
    for (team, severity), standing in sorted(
        told.exposed.items(), key=lambda one: (team_name(one[0][0]), one[0][1])
    ):
        named = [team_name(team), severity.lower()]
        open_.add_metric(named, standing.open)
        past_due.add_metric(named, standing.past_due)
    yield from (open_, past_due)


def _knowledge(told: Gauges, now: datetime) -> Iterator[Metric]:
    if told.in_force is not None:
        yield GaugeMetricFamily(
            "watcher_knowledge_age_seconds",
            "How long ago the database in force was built.",
            (now - told.in_force.updated_at).total_seconds(),
            unit="seconds",
        )


def _passes(told: Gauges) -> Iterator[Metric]:
    passes = GaugeMetricFamily("watcher_passes", "Passes on record, by state.", labels=["state"])
    for state, number in sorted(told.condition.passes.items()):
        passes.add_metric([state], number)
    yield passes
    last = told.condition.last
    if last is None:
        return
    yield GaugeMetricFamily(
        "watcher_last_pass_timestamp_seconds",
        "When the last pass that ended was begun.",
        last.started_at.timestamp(),
        unit="seconds",
    )
    yield GaugeMetricFamily(
        "watcher_last_pass_complete", "Whether that pass had no failure.", float(last.complete)
    )
    work = GaugeMetricFamily(
        "watcher_last_pass_work", "What that pass counted, requests among it.", labels=["what"]
    )
    for what in WORK:
        work.add_metric([what], last.counts.get(what, 0))
    yield work


def _work(told: Gauges) -> Iterator[Metric]:
    condition = told.condition
    failures = GaugeMetricFamily(
        "watcher_failures",
        "What failed when it was last tried, and whether it is tried again by itself.",
        labels=["stage", "retry"],
    )
    for (stage, retry), number in sorted(condition.failures.items()):
        failures.add_metric([stage, str(retry).lower()], number)
    jobs = GaugeMetricFamily(
        "watcher_jobs",
        "Work that waits: to be done, to be tried again, or for a person.",
        labels=["stage", "state"],
    )
    for (stage, state), number in sorted(condition.jobs.items()):
        jobs.add_metric([stage, state], number)
    tickets = GaugeMetricFamily("watcher_tickets_open", "Tickets that are open.", labels=["team"])
    for team, number in sorted(condition.open_tickets.items()):
        tickets.add_metric([team], number)
    yield from (failures, jobs, tickets)
    yield GaugeMetricFamily(
        "watcher_calls_waiting",
        "What the clock, hooks or people asked for and no pass has answered.",
        condition.calls,
    )
    yield GaugeMetricFamily(
        "watcher_audit_differences",
        "Images in use whose full scan found something else than is derived.",
        condition.differing,
    )
    yield GaugeMetricFamily(
        "watcher_images_direct",
        "Images in use that are matched by scans of their own.",
        condition.direct,
    )
