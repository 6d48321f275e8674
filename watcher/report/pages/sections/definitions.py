"""The numbers that the definitions quote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from watcher.report.figures.estimates import FEWEST_AT_RISK, FEWEST_EVENTS
from watcher.report.pages.sections.refusal import refusal
from watcher.report.pages.sections.shape import Figure, Policy, Report
from watcher.report.pages.wording import count, days, in_days, in_percent, listed

# Clocks other than the one that every figure here goes by.
_CLOCKS: Final = {
    "present": "an affected package was there",
    "detected": "it was detected",
    "fix_available": "there was a fix",
    "base_fix_available": "the base had the fix",
    "ticketed": "a ticket asked for it",
}


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
    clock: str  # that the policy goes by; empty where it is that of every figure here
    undetermined: str  # how much is, and for want of what; empty where nothing is
    intervals: bool


def definitions(report: Report) -> Definitions:
    """Word the numbers of what is critical and high."""
    told, previous = report["critical_and_high"], report["previous"]
    episodes, figures = told["episodes"], told["figures"]
    before = previous["critical_and_high"]["figures"] if previous else None
    every = episodes["open"] + episodes["closed"]
    share = f" ({in_percent(episodes['backfilled'] / every)})" if episodes["backfilled"] else ""
    unseen = figures["exposure_days_backfilled"]["value"] or 0.0
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
        limits=_limits(report["policy"]),
        clock=_CLOCKS.get(report["policy"].get("clock", "known"), ""),
        undetermined=_undetermined(report["policy"]),
        intervals=any(
            figures[name]["ci"] for name in ("past_due_share", "km_median_days", "exposure_days")
        ),
    )


def _limits(policy: Policy) -> str:
    """Days by severity; of a policy that asks for more, the days that there are."""
    by_severity = sorted(policy["days"].items(), key=lambda pair: pair[1])
    if by_severity:
        told = [f"{name.lower()} {limit:g}\N{NO-BREAK SPACE}d" for name, limit in by_severity]
        return listed(told)
    days = [f"{limit:g}\N{NO-BREAK SPACE}d" for limit in policy.get("limits", [])]
    asked = listed([one.replace("_", " ") for one in policy.get("asks_for", [])])
    return f"{listed(days)}, by {asked}" if days else ""


def _undetermined(policy: Policy) -> str:
    told = policy.get("undetermined")
    if not told or not told["open"]:
        return ""
    missing = listed([one.replace("_", " ") for one in told["missing"]])
    return f"{count(told['open'])}, for want of {missing}"


def _beside(now: Figure, before: Figure | None) -> str:
    """A figure with that of the period before."""
    refused = refusal(now)
    shown = refused.whole if refused else in_days(now["value"] or 0.0)
    was = before and before["value"]
    return shown if was is None else f"{shown} (was {in_days(was)})"
