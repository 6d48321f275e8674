"""The report document: every figure of the management report, and what its page draws."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from watcher.domain.package import SEVERITIES
from watcher.domain.policy import DEFAULT, Policy
from watcher.ports.store.browsing import KnownVersion
from watcher.ports.store.bumps import RecordedBump
from watcher.report.figures import backlog, bumps, coverage
from watcher.report.figures.accepted import Accepted
from watcher.report.figures.change import change
from watcher.report.figures.coverage import Watched
from watcher.report.figures.curve import points
from watcher.report.figures.ended import Ended
from watcher.report.figures.estimates import Document
from watcher.report.figures.figures import Group
from watcher.report.figures.fleet import URGENT, Fleet, fleet_of, of_severities, of_team
from watcher.report.figures.period import Period
from watcher.report.figures.stretch import Stretch, team_name
from watcher.report.figures.united import united
from watcher.report.times import stamp


@dataclass(frozen=True, slots=True)
class Beside:
    """What a report tells beside stretches.

    Bumps as `watcher.ports.store.bumps.recorded` reads them, the knowledge in force at the end, and
    the names of streams that are idle lines then.
    """

    bumps: Sequence[RecordedBump] = ()
    knowledge: KnownVersion | None = None
    idle: Collection[str] = ()


NOTHING: Final = Beside()


@dataclass(frozen=True, slots=True)
class Summed:
    """All stretches of a report summed up, those that somebody accepted, and what bumps ended."""

    fleet: Fleet
    accepted: Accepted
    ended: Ended


# Grows whenever the same record would give another document.
FIGURES_VERSION: Final = 2


def document(
    period: Period,
    scope: str,
    stretches: Iterable[Stretch],
    watched: Watched,
    policy: Policy = DEFAULT,
    beside: Beside = NOTHING,
) -> Document:
    """Draw the report from the stretches of the ledger, those of a stream together.

    `scope` says in a sentence what the report is about. All numbers of days are exact; shares are
    between 0 and 1. Raises ValueError where a stream's stretches do not stand together.
    """
    accepted, ended = Accepted(), Ended.by(beside.bumps, period)
    counted = ended.counting(accepted.counting(united(stretches)))
    fleet = fleet_of(counted, period, policy)
    return drawn(Summed(fleet, accepted, ended), scope, watched, beside)


def drawn(summed: Summed, scope: str, watched: Watched, beside: Beside = NOTHING) -> Document:
    """Draw the report from sums over all stretches."""
    fleet, accepted, ended = summed.fleet, summed.accepted, summed.ended
    period = fleet.period
    every = _group(fleet, SEVERITIES)
    teams = backlog.teams(fleet, watched)
    return {
        "schema": "watcher/report/1",
        "figures_version": FIGURES_VERSION,
        "as_of": stamp(period.as_of),
        "since": stamp(period.since),
        "scope": scope,
        "first_detected": stamp(fleet.first_detected),
        "policy": _policy(fleet),
        "coverage": coverage.written(watched),
        "episodes": every.episodes(),
        "figures": every.figures(),
        "cumulative_incidence": every.incidence(),
        "by_severity": {one: _group(fleet, [one]).figures() for one in SEVERITIES},
        "by_team": _by_team(fleet, watched),
        "critical_and_high": _told(_group(fleet, URGENT)),
        "curve": points(every.judged),
        "previous": _previous(fleet),
        "ages": backlog.ages(fleet),
        "weeks": [stamp(week) for week in period.weeks()],
        "teams": teams,
        "top_streams": backlog.top_streams(fleet),
        "idle": backlog.idle(fleet, beside.idle),
        "bumps": bumps.rows(beside.bumps, ended, fleet.lags.avoidable),
        "due": fleet.dues.written(),
        "due_in_all": fleet.dues.counted(),
        "knowledge": _knowledge(beside.knowledge),
        "change": change(fleet, every, teams),
        "accepted": accepted.written(),
        "lags": fleet.lags.written(),
    }


def _policy(fleet: Fleet) -> Document:
    """By which policy dues were judged, and what of the open could not be."""
    policy = fleet.policy
    undetermined = sum(tally.undetermined for tally in fleet.now.values())
    return {
        "name": policy.name,
        "version": policy.version,
        "sha256": policy.sha256,
        "clock": policy.clock,
        "days": dict(policy.limits),
        "limits": policy.days,
        "asks_for": list(policy.table.factors),
        "undetermined": {"open": undetermined, "missing": dict(sorted(fleet.missing.items()))},
    }


def _knowledge(version: KnownVersion | None) -> Document | None:
    """The version in force at the end; None where there was none."""
    if version is None:
        return None
    return {
        "scanner": version.scanner,
        "db": version.db_digest,
        "updated_at": stamp(version.updated_at),
        "effective_at": stamp(version.effective_at),
    }


def _group(fleet: Fleet, severities: Iterable[str]) -> Group:
    return Group.of(of_severities(fleet.period, fleet.now, severities), fleet.policy)


def _told(group: Group) -> Document:
    return {
        "episodes": group.episodes(),
        "figures": group.figures(),
        "curve": points(group.judged),
    }


def _by_team(fleet: Fleet, watched: Watched) -> Document:
    known = {team for team, _ in fleet.now} | set(watched.by_team)
    return {
        team_name(team): Group.of(of_team(fleet.period, fleet.now, team), fleet.policy).figures()
        for team in sorted(known, key=team_name)
    }


def _previous(fleet: Fleet) -> Document | None:
    """The same for the period before, as it is known now; None where there is none."""
    period = fleet.period.previous
    if period is None:
        return None
    every = of_severities(period, fleet.before, SEVERITIES)
    urgent = of_severities(period, fleet.before, URGENT)
    return {
        "since": stamp(period.since),
        "as_of": stamp(period.as_of),
        **_told(Group.of(every, fleet.policy)),
        "critical_and_high": _told(Group.of(urgent, fleet.policy)),
    }
