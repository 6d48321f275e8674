"""Plans bumps: one for each team and lineage of a base, from the proofs of its streams."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.package import Severity, rank
from watcher.domain.ticket import (
    BaseInUse,
    BumpTicket,
    Cause,
    Done,
    Fix,
    Line,
    LineName,
    OwnFinding,
    Remaining,
    Target,
)
from watcher.ports.store.bumps import Bumps, Remembered
from watcher.ports.store.ledger import Track
from watcher.ports.store.lineages import Built, Flaw, Lineages
from watcher.ports.store.passes import PassRecord
from watcher.ports.store.views import stream_name as whole_name
from watcher.services.bump.proof import Fleet, Proof, prove, read_fleet

_WEEK = 7
_DOUBT = "your own layers change this package: only the rebuild can tell"


@dataclass(frozen=True, slots=True)
class Planning:
    """What the configuration says: owners, hosts of registries, threshold, days by severity."""

    team_of: Callable[[str], str | None]
    hosts: Mapping[str, str]
    threshold: Severity
    limits: Mapping[str, int]
    labels: tuple[str, ...] = ("watcher", "base-image")


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything a plan is drawn from."""

    at: datetime
    version: KnowledgeVersion
    planning: Planning
    fleet: Fleet
    heads: Mapping[LineName, int | None]
    since: Mapping[tuple[Track, str], datetime]
    before: Mapping[Cause, BumpTicket]


@dataclass(frozen=True, slots=True)
class Planner:
    """Draws plans from the record, always the same from the same facts."""

    lineages: Lineages
    bumps: Bumps
    planning: Planning

    def draw(self, this: PassRecord, version: KnowledgeVersion) -> list[BumpTicket]:
        """One plan for each team and lineage with something to end, or with an open ticket."""
        opened = {one.key.cause: one for one in self.bumps.remembered() if one.closed_at is None}
        causes = self._causes(opened.keys())
        built = [one for members in causes.values() for one in members]
        heads = self.lineages.published()
        listed = {line.name for one in opened.values() for line in one.lines}
        images = {n for one in built for n in (one.image, one.base, one.head.image)}
        images |= {image for name in listed if (image := heads.get(name)) is not None}
        fleet = read_fleet(self.lineages, images)
        scene = _Scene(
            at=this.at,
            version=version,
            planning=self.planning,
            fleet=fleet,
            heads=heads,
            since=self.bumps.open_since([one.track for one in built]),
            before={one.cause: one for one in self.bumps.planned(this.number)},
        )
        proven = {
            cause: [proof for one in members if (proof := prove(one, fleet))]
            for cause, members in causes.items()
        }
        drawn = [
            _drawn(cause, proven.get(cause, []), opened.get(cause), scene)
            for cause in sorted(causes.keys() | opened.keys())
        ]
        return [one for one in drawn if one is not None]

    def _causes(self, opened: Collection[Cause]) -> dict[Cause, list[Built]]:
        """Streams by team and lineage: those where one is behind or a ticket is open."""
        causes: dict[Cause, list[Built]] = defaultdict(list)
        for one in self.lineages.built():
            team = self.planning.team_of(stream_name(one))
            if team is not None:
                causes[Cause(team, lineage_name(one))].append(one)
        return {
            cause: members
            for cause, members in causes.items()
            if cause in opened or any(one.base != one.head.image for one in members)
        }


def stream_name(built: Built) -> str:
    """A stream's whole name."""
    return whole_name(built.repository, built.by, built.stream)


def line_name(built: Built) -> LineName:
    """A stream on its platform, as a ticket lists it."""
    return LineName(stream_name(built), built.track.platform)


def lineage_name(built: Built) -> str:
    """The lineage's name: its repository and tag."""
    return built.head.name


def _drawn(
    cause: Cause, proofs: Sequence[Proof], opened: Remembered | None, scene: _Scene
) -> BumpTicket | None:
    threshold = scene.planning.threshold
    behind = [proof for proof in proofs if proof.built.base != proof.built.head.image]
    wanting = [proof for proof in behind if proof.severe(threshold)]
    lines = {line_name(p.built): _line(p, threshold) for p in wanting}
    lines = {**_remembered_lines(opened, lines, scene), **lines}
    if not lines:
        return None
    if not proofs:
        return _left_behind(scene.before.get(cause), lines, scene)
    head = max((proof.built.head for proof in proofs), key=lambda one: (one.since, one.platform))
    reference = f"{scene.planning.hosts.get(head.repository.registry, head.repository.registry)}"
    reference = f"{reference}/{head.repository.path}:{head.tag}"
    fixes = _fixes(wanting, scene)
    severe = sum(fix.streams for fix in fixes if rank(fix.severity) <= rank(threshold))
    return BumpTicket(
        cause=cause,
        action="rebuild",
        base_name=f"{head.repository.path}:{head.tag}",
        base_reference=reference,
        target=Target(reference, head.digest, head.since),
        lines=tuple(sorted(lines.values(), key=_urgency)),
        fixes=fixes,
        threshold=threshold,
        exposure_days_per_week=severe * _WEEK,
        oldest_days=_oldest(fixes, scene.at),
        scanner=f"Trivy {scene.version.scanner}",
        database_time=scene.version.updated_at,
        as_of=scene.at,
        bases=_bases(wanting),
        target_name=f"{head.repository.path}:{head.tag}",
        remains=_remains(wanting),
        introduces=_introduces(wanting, scene),
        unproven=_unproven(wanting),
        own=_own(wanting),
        next_due=_next_due(fixes, scene),
        evidence=_evidence(proofs),
        labels=(*scene.planning.labels, *_severity_label(fixes)),
    )


def _left_behind(
    before: BumpTicket | None, lines: Mapping[LineName, Line], scene: _Scene
) -> BumpTicket | None:
    """A plan whose streams are all on other bases now, or gone: it only tells of its lines."""
    if before is None:
        return None
    return replace(
        before,
        lines=tuple(sorted(lines.values(), key=_urgency)),
        fixes=(),
        remains=(),
        introduces=(),
        unproven=(),
        own=(),
        bases=(),
        exposure_days_per_week=0,
        oldest_days=0,
        next_due=None,
        as_of=scene.at,
    )


def _line(proof: Proof, threshold: str) -> Line:
    ended = Counter(flaw.severity for flaw in proof.severe(threshold))
    built = proof.built
    return Line(line_name(built), built.digest, dict(ended), on_base_since=built.base_since)


def _remembered_lines(
    opened: Remembered | None, wanted: Mapping[LineName, Line], scene: _Scene
) -> dict[LineName, Line]:
    """Lines once on the open ticket stay there; done when nothing listed is in their heads."""
    if opened is None:
        return {}
    severe = {
        name
        for name, rated in opened.listed.items()
        if rank(rated.severity) <= rank(scene.planning.threshold)
    }
    kept: dict[LineName, Line] = {}
    for line in opened.lines:
        if line.name not in wanted:
            kept[line.name] = _judged(line, opened.key.cause, severe, scene)
    return kept


def _judged(line: Line, cause: Cause, severe: set[str], scene: _Scene) -> Line:
    done: Done | None = None
    if scene.planning.team_of(line.name.stream) != cause.team:
        done = Done(scene.at, "moved")
    elif line.name not in scene.heads:
        done = Done(scene.at, "retired")
    else:
        head = scene.heads[line.name]
        names = scene.fleet.names(head) if head is not None else None
        if names is not None and not names & severe:
            done = Done(scene.at, "remediated")
    if done is not None and line.done is not None:
        done = line.done
    return replace(line, done=done)


def _fixes(wanting: Sequence[Proof], scene: _Scene) -> tuple[Fix, ...]:
    found: dict[str, list[tuple[Proof, Flaw]]] = defaultdict(list)
    for proof in wanting:
        for number in proof.prediction.fixes:
            found[proof.flaws[number].name].append((proof, proof.flaws[number]))
    fixes = [_fix(name, members, scene) for name, members in found.items()]
    return tuple(sorted(fixes, key=lambda fix: (rank(fix.severity), fix.vulnerability)))


def _fix(name: str, members: Sequence[tuple[Proof, Flaw]], scene: _Scene) -> Fix:
    flaw = min((one for _, one in members), key=lambda one: rank(one.severity))
    starts = [scene.since.get((proof.built.track, name)) for proof, _ in members]
    known = [start for start in starts if start is not None]
    limit = scene.planning.limits.get(flaw.severity)
    late = [s for s in known if limit is not None and scene.at - s > timedelta(days=limit)]
    return Fix(
        vulnerability=name,
        severity=_severity(flaw),
        package=flaw.package,
        fixed_version=flaw.fixed_version,
        streams=len(members),
        known_since=min(known, default=None),
        past_due=len(late),
    )


def _severity(flaw: Flaw) -> Severity:
    return flaw.severity  # type: ignore[return-value]  # the record holds nothing else


def _remains(wanting: Sequence[Proof]) -> tuple[Remaining, ...]:
    found: dict[tuple[str, str], Remaining] = {}
    for proof in wanting:
        for number in proof.prediction.remains - proof.own:
            flaw = proof.flaws[number]
            why = "no fix known"
            if flaw.fixed_version:
                why = f"fixed in {flaw.fixed_version}, which no base has yet"
            one = Remaining(flaw.name, _severity(flaw), flaw.package, why)
            found[flaw.name, flaw.package] = one
    return tuple(sorted(found.values(), key=lambda one: (rank(one.severity), one.vulnerability)))


def _unproven(wanting: Sequence[Proof]) -> tuple[Remaining, ...]:
    found: dict[tuple[str, str], Remaining] = {}
    for proof in wanting:
        for number in proof.prediction.unproven:
            flaw = proof.flaws[number]
            found[flaw.name, flaw.package] = Remaining(
                flaw.name, _severity(flaw), flaw.package, _DOUBT
            )
    return tuple(sorted(found.values(), key=lambda one: (rank(one.severity), one.vulnerability)))


def _introduces(wanting: Sequence[Proof], scene: _Scene) -> tuple[Fix, ...]:
    found: dict[str, list[tuple[Proof, Flaw]]] = defaultdict(list)
    for proof in wanting:
        for number in proof.prediction.introduces:
            found[proof.flaws[number].name].append((proof, proof.flaws[number]))
    brought = [_fix(name, members, scene) for name, members in found.items()]
    return tuple(sorted(brought, key=lambda fix: (rank(fix.severity), fix.vulnerability)))


def _own(wanting: Sequence[Proof]) -> tuple[OwnFinding, ...]:
    found: dict[tuple[str, str], list[tuple[Proof, Flaw]]] = defaultdict(list)
    for proof in wanting:
        for number in proof.prediction.remains & proof.own:
            flaw = proof.flaws[number]
            found[flaw.name, flaw.package].append((proof, flaw))
    listed = [
        OwnFinding(
            vulnerability=name,
            severity=_severity(members[0][1]),
            package=package,
            installed=members[0][1].installed,
            fixed_version=members[0][1].fixed_version,
            streams=tuple(sorted(stream_name(proof.built) for proof, _ in members)),
        )
        for (name, package), members in found.items()
    ]
    return tuple(sorted(listed, key=lambda one: (rank(one.severity), one.vulnerability)))


def _bases(wanting: Iterable[Proof]) -> tuple[BaseInUse, ...]:
    since = {proof.built.base_digest: proof.built.base_since for proof in wanting}
    return tuple(BaseInUse(digest, at) for digest, at in sorted(since.items(), key=lambda p: p[1]))


def _oldest(fixes: Iterable[Fix], at: datetime) -> int:
    return max(((at - fix.known_since).days for fix in fixes if fix.known_since), default=0)


def _next_due(fixes: Iterable[Fix], scene: _Scene) -> datetime | None:
    due = [
        fix.known_since + timedelta(days=scene.planning.limits[fix.severity])
        for fix in fixes
        if fix.known_since and fix.severity in scene.planning.limits
    ]
    return min((one for one in due if one >= scene.at), default=None)


def _evidence(proofs: Iterable[Proof]) -> tuple[str, ...]:
    grades = Counter(proof.built.grade for proof in proofs)
    said = {
        "layers+annotation": "annotation org.opencontainers.image.base.digest, confirmed by layers",
        "layers": "layers alone",
    }
    return tuple(
        f"Base found by: {said.get(grade, grade)}, in {count} of {grades.total()} streams."
        for grade, count in grades.most_common()
    )


def _severity_label(fixes: Sequence[Fix]) -> tuple[str, ...]:
    return (f"severity/{fixes[0].severity.lower()}",) if fixes else ()


def _urgency(line: Line) -> tuple[bool, list[int], str, str]:
    counts = [-line.ended.get(severity, 0) for severity in ("CRITICAL", "HIGH", "MEDIUM", "LOW")]
    return line.done is not None, counts, line.name.stream, line.name.platform
