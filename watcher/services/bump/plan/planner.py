"""Reads what plans are drawn from, and draws one for each team and lineage."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.reference import Repository
from watcher.domain.ticket import BumpTicket, Cause, LineName
from watcher.ports.store.bumps import Bumps, Remembered, Since
from watcher.ports.store.ledger import Track
from watcher.ports.store.lineages import BaseHead, Built, Lineages
from watcher.ports.store.passes import PassRecord
from watcher.services.bump.plan.choice import Choices
from watcher.services.bump.plan.drawing import drawn
from watcher.services.bump.plan.excused import held_in
from watcher.services.bump.plan.options import images, options
from watcher.services.bump.plan.scene import Planning, Scene, line_name
from watcher.services.bump.plan.subject import Subject
from watcher.services.bump.proof import NO_FLEET, read_fleet

Causes = Mapping[Cause, Sequence[Built]]


@dataclass(frozen=True, slots=True)
class Planner:
    """Draws plans from the record, always the same from the same facts."""

    lineages: Lineages
    bumps: Bumps
    planning: Planning

    def draw(self, this: PassRecord, version: KnowledgeVersion) -> list[BumpTicket]:
        """One plan for each team and lineage with something to end, or with a ticket to tend."""
        tended = self._tended(this.at)
        construction = self.lineages.construction()
        causes = self._causes(construction.built)
        if not causes and not tended:
            return []
        scene = self._scene(this, version, construction.heads, causes, tended)
        choices = Choices(scene, causes)
        subjects = [
            Subject.of(
                cause,
                causes.get(cause, ()),
                choices.of(cause, tended=cause in tended),
                tended.get(cause),
                scene,
            )
            for cause in sorted(causes.keys() | tended.keys())
        ]
        dated = replace(scene, since=self._since(subjects, scene))
        drawings = (drawn(one, dated) for one in subjects)
        plans = [plan for plan in drawings if plan is not None]
        return _with_waiters(plans, choices, scene)

    def _since(self, subjects: Iterable[Subject], scene: Scene) -> Since:
        """Since when exposures have been open that some plan tells of."""
        threshold = self.planning.threshold
        named = {flaw.name: flaw.number for told in scene.fleet.flaws.values() for flaw in told}
        exploited = frozenset(
            number for name, number in named.items() if scene.standards.exploited(name)
        )
        tracks: set[Track] = set()
        names: set[str] = set()
        for subject in subjects:
            for proof in (*subject.wanting(threshold), *subject.doubted(threshold)):
                if proof.built.published:
                    tracks.add(proof.built.track)
                    names |= proof.dated(exploited)
        return self.bumps.open_since(tracks, names)

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

    def _causes(self, built: Iterable[Built]) -> dict[Cause, list[Built]]:
        """Streams by team and lineage; of bases those that a team builds itself."""
        causes: dict[Cause, list[Built]] = defaultdict(list)
        for one in built:
            team = self.planning.team_of(one.name)
            if team is not None and (one.published or self.planning.controls(one.name)):
                causes[Cause(team, one.head.name)].append(one)
        return causes

    def _scene(
        self,
        this: PassRecord,
        version: KnowledgeVersion,
        heads: Sequence[BaseHead],
        causes: Causes,
        tended: Mapping[Cause, Remembered],
    ) -> Scene:
        """Read what the images of these streams and lines hold, each once."""
        built = [one for members in causes.values() for one in members]
        scene = Scene(
            at=this.at,
            version=version,
            planning=self.planning,
            standards=self.planning.standards(),
            fleet=NO_FLEET,
            heads=self.lineages.published(),
            since={},
            before={one.cause: one for one in self.bumps.planned(this.number)},
            tags=_by_tag(heads),
            builds={line_name(one): one for one in built},
        )
        return self._filled(scene, causes, tended)

    def _filled(self, scene: Scene, causes: Causes, tended: Mapping[Cause, Remembered]) -> Scene:
        """The scene with what all images hold that some plan may be about."""
        possible = {cause: images(options(members, scene)) for cause, members in causes.items()}
        wanted = {
            image
            for cause, members in causes.items()
            for image in (*possible[cause], *(n for one in members for n in (one.image, one.base)))
        }
        listed = {line.name for one in tended.values() for line in one.lines}
        wanted |= {image for name in listed if (image := scene.heads.get(name)) is not None}
        held = {
            one
            for cause, members in causes.items()
            for built in members
            for one in held_in(built, possible[cause])
        }
        return replace(
            scene,
            fleet=read_fleet(self.lineages, wanted),
            excuses=self.lineages.excused(held) if held else {},
        )


def _by_tag(heads: Iterable[BaseHead]) -> dict[tuple[Repository, str], dict[str, BaseHead]]:
    found: dict[tuple[Repository, str], dict[str, BaseHead]] = defaultdict(dict)
    for head in heads:
        if not head.published and head.by == "tag":
            found[head.repository, head.platform][head.tag] = head
    return found


def _with_waiters(plans: Sequence[BumpTicket], choices: Choices, scene: Scene) -> list[BumpTicket]:
    """The same plans with how many lines of others wait for them."""
    waiting: Counter[Cause] = Counter()
    for plan in plans:
        if plan.waiting is not None:
            below = {one.head.name for one in choices.causes[plan.cause]}
            for name, platform in ((n, line.name.platform) for n in below for line in plan.lines):
                parent = scene.builds.get(LineName(name, platform))
                team = scene.planning.team_of(parent.name) if parent else None
                if parent is not None and team is not None:
                    waiting[Cause(team, parent.head.name)] += 1
    return [
        replace(one, beneath=waiting[one.cause]) if waiting[one.cause] else one for one in plans
    ]
