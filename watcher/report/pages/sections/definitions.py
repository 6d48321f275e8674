"""The numbers that the definitions quote."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.report.figures.estimates import FEWEST_AT_RISK, FEWEST_EVENTS
from watcher.report.pages.sections.refusal import refusal
from watcher.report.pages.sections.shape import Figure, Report
from watcher.report.pages.wording import count, days, in_days, in_percent, listed


@dataclass(frozen=True, slots=True)
class Definitions:
    """What the definitions say of this report's own numbers, in words; empty where nothing."""

    scope: str
    windows: str  # of the period
    backfilled: str
    unseen: str  # exposure-days before detection, empty without any
    naive: str
    open_age: str
    fewest_events: int
    fewest_at_risk: int
    policy: str
    limits: str
    intervals: bool


def definitions(report: Report) -> Definitions:
    """Word the numbers of what is critical and high."""
    told, previous = report["critical_and_high"], report["previous"]
    episodes, figures = told["episodes"], told["figures"]
    before = previous["critical_and_high"]["figures"] if previous else None
    every = episodes["open"] + episodes["closed"]
    share = f" ({in_percent(episodes['backfilled'] / every)})" if episodes["backfilled"] else ""
    unseen = figures["exposure_days_backfilled"]["value"] or 0.0
    limits = sorted(report["policy"]["days"].items(), key=lambda pair: pair[1])
    return Definitions(
        scope=report["scope"],
        windows=count(every),
        backfilled=f"{count(episodes['backfilled'])} of {count(every)}{share}",
        unseen=days(unseen) if unseen else "",
        naive=_beside(figures["mttr_naive_days"], before and before["mttr_naive_days"]),
        open_age=_beside(figures["open_age_mean_days"], before and before["open_age_mean_days"]),
        fewest_events=FEWEST_EVENTS,
        fewest_at_risk=FEWEST_AT_RISK,
        policy=report["policy"]["name"],
        limits=listed(
            [f"{severity.lower()} {limit}\N{NO-BREAK SPACE}d" for severity, limit in limits]
        ),
        intervals=any(figure["ci"] for figure in (figures["km_median_days"],)),
    )


def _beside(now: Figure, before: Figure | None) -> str:
    """A figure with that of the period before."""
    refused = refusal(now)
    shown = refused.whole if refused else in_days(now["value"] or 0.0)
    was = before and before["value"]
    return shown if was is None else f"{shown} (was {in_days(was)})"
