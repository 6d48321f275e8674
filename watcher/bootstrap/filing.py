"""By what bumps are planned, and how tickets are filed, as a configuration says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from watcher.config import Config
from watcher.config.trackers import FolderTracker
from watcher.crewing import (
    name_of,
)
from watcher.domain.reference import Repository
from watcher.domain.ticket import Terms
from watcher.ports.registry import Registry
from watcher.ports.store.feeds import FeedRecords
from watcher.report.dues import Judge
from watcher.services.bump import Planning
from watcher.services.ticket import Filing, Placement

_LATEST: Final = (1 << 31) - 1  # a pass that no other one follows


def planning_of(config: Config, registries: Sequence[Registry], feeds: FeedRecords) -> Planning:
    """By what bumps are planned."""
    by_name = {one.name: one for one in registries}

    def address(one: Repository) -> str:
        registry = by_name.get(one.registry)
        return registry.address(one.path) if registry else str(one)

    return Planning(
        team_of=config.owner_of,
        address=address,
        threshold=config.tickets.threshold,
        standards=lambda: Judge(config.policy.meant, config.factors_of, feeds.flaws(_LATEST)),
        controls=config.controls,
        skips=config.tickets.skips,
        minimum_age=config.tickets.minimum_age,
        majors=config.tickets.majors,
        accepted=config.accepted,
    )


def filing_of(config: Config) -> Filing:
    """Where tickets are filed, and within which limits."""
    tickets = config.tickets
    filing = {one.team: one for one in reversed(config.owners) if one.tracker}
    by_team = {team: name_of(one, config.trackers) for team, one in filing.items()}
    wishes = {
        team: Placement(one.labels, one.assignees, one.issue_type) for team, one in filing.items()
    }
    return Filing(
        tracker_of=by_team.get,
        placement_of=lambda team: wishes.get(team, Placement()),
        approval=tickets.approval,
        has_dashboard=_dashboards(config),
        per_hour=tickets.per_hour,
        open_at_most=tickets.open_at_most,
        terms=Terms(dismissal=tickets.dismissal, kev=config.feeds.kev is not None),
    )


def _dashboards(config: Config) -> Callable[[str], bool]:
    """Which trackers have a dashboard, by their names; a folder's is a file more among tickets."""
    wanted = config.tickets.dashboard
    names = {one.name for one in config.trackers if isinstance(one, FolderTracker)}
    return lambda name: wanted == "everywhere" or (wanted == "services" and name not in names)
