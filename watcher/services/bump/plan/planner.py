"""Reads what plans are drawn from, and draws one for each team and lineage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.ticket import BumpTicket, Cause
from watcher.ports.store.bumps import Bumps, Remembered
from watcher.ports.store.lineages import Built, Lineages
from watcher.ports.store.passes import PassRecord
from watcher.services.bump.plan.drawing import drawn
from watcher.services.bump.plan.scene import Planning, Scene, stream_name
from watcher.services.bump.plan.subject import Subject
from watcher.services.bump.proof import read_fleet


@dataclass(frozen=True, slots=True)
class Planner:
    """Draws plans from the record, always the same from the same facts."""

    lineages: Lineages
    bumps: Bumps
    planning: Planning

    def draw(self, this: PassRecord, version: KnowledgeVersion) -> list[BumpTicket]:
        """One plan for each team and lineage with something to end, or with a ticket to tend."""
        tended = self._tended(this.at)
        causes = self._causes(tended.keys())
        scene = self._scene(this, version, causes, tended)
        plans = (
            drawn(Subject.of(cause, causes.get(cause, ()), tended.get(cause), scene), scene)
            for cause in sorted(causes.keys() | tended.keys())
        )
        return [one for one in plans if one is not None]

    def _tended(self, at: datetime) -> dict[Cause, Remembered]:
        """Of each cause the newest open ticket, else the newest if a person closed it lately."""
        remembered = sorted(self.bumps.remembered(), key=lambda one: one.key)
        newest = {one.key.cause: one for one in remembered}
        opened = {one.key.cause: one for one in remembered if one.closed_at is None}
        late = at - self.planning.grace
        recent = {
            cause: one
            for cause, one in newest.items()
            if one.closed_by == "person" and one.closed_at is not None and one.closed_at >= late
        }
        return {**recent, **opened}

    def _causes(self, tended: Collection[Cause]) -> dict[Cause, list[Built]]:
        """Streams by team and lineage: those where one is behind, or there is a ticket to tend."""
        causes: dict[Cause, list[Built]] = defaultdict(list)
        for one in self.lineages.built():
            team = self.planning.team_of(stream_name(one))
            if team is not None:
                causes[Cause(team, one.head.name)].append(one)
        return {
            cause: members
            for cause, members in causes.items()
            if cause in tended or any(one.behind for one in members)
        }

    def _scene(
        self,
        this: PassRecord,
        version: KnowledgeVersion,
        causes: Mapping[Cause, Collection[Built]],
        tended: Mapping[Cause, Remembered],
    ) -> Scene:
        """Read what the images of these streams and lines hold, each once."""
        built = [one for members in causes.values() for one in members]
        heads = self.lineages.published()
        listed = {line.name for one in tended.values() for line in one.lines}
        images = {number for one in built for number in (one.image, one.base, one.head.image)}
        images |= {image for name in listed if (image := heads.get(name)) is not None}
        return Scene(
            at=this.at,
            version=version,
            planning=self.planning,
            standards=self.planning.standards(),
            fleet=read_fleet(self.lineages, images),
            heads=heads,
            since=self.bumps.open_since([one.track for one in built]),
            before={one.cause: one for one in self.bumps.planned(this.number)},
        )
