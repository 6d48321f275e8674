"""What a move ends, leaves and brings, summed over the streams of a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from watcher.domain.package import Severity, rank
from watcher.domain.ticket import Fix, OwnFinding, Remaining, SetAside
from watcher.ports.store.lineages import Flaw
from watcher.services.bump.plan.scene import Scene
from watcher.services.bump.proof import Proof

_DOUBT = "your own layers change this package: only the rebuild can tell"

Seen = tuple[Proof, Flaw]
Numbers = Callable[[Proof], frozenset[int]]


def fixes(proofs: Sequence[Proof], scene: Scene) -> tuple[tuple[Fix, ...], datetime | None]:
    """What the move ends, the worst first; and when the first comes due that is not past due."""
    dated = _fixes(proofs, lambda proof: proof.prediction.fixes, scene)
    dues = (due for _, found in dated for due in found if due >= scene.at)
    return tuple(fix for fix, _ in dated), min(dues, default=None)


def introduces(proofs: Sequence[Proof], scene: Scene) -> tuple[Fix, ...]:
    """What the move brings, the worst first."""
    dated = _fixes(proofs, lambda proof: proof.prediction.introduces, scene)
    return tuple(fix for fix, _ in dated)


def remains(proofs: Sequence[Proof]) -> tuple[Remaining, ...]:
    """What stays because the new base has it too, the worst first."""
    return _remaining(proofs, lambda proof: proof.prediction.remains - proof.own, _why)


def unproven(proofs: Sequence[Proof]) -> tuple[Remaining, ...]:
    """What only the rebuild can tell, the worst first."""
    return _remaining(proofs, lambda proof: proof.prediction.unproven, lambda _: _DOUBT)


def own(proofs: Sequence[Proof], scene: Scene) -> tuple[OwnFinding, ...]:
    """What the images' own packages bring and no base will end, the worst first."""
    found: dict[tuple[str, str], _Own] = {}
    for proof in proofs:
        remains, expected = proof.prediction.remains, proof.expected
        for part in proof.own_parts:
            for number in part.keys() & remains:
                flaw = part[number]
                key = flaw.name, flaw.package
                if key not in found:
                    found[key] = _Own(flaw)
                found[key].proofs.append(proof)
                found[key].expected &= number in expected
    listed = (one.written(scene) for one in found.values())
    return tuple(sorted(listed, key=_worst))


@dataclass(slots=True)
class _Own:
    """A vulnerability of a package that images brought themselves, with those images."""

    flaw: Flaw
    proofs: list[Proof] = field(default_factory=list)
    expected: bool = True  # in every one of them

    def written(self, scene: Scene) -> OwnFinding:
        """The finding; how long it is past due is told of what is known to be exploited."""
        flaw, exploited = self.flaw, scene.standards.exploited(self.flaw.name)
        return OwnFinding(
            vulnerability=flaw.name,
            severity=_severity(flaw),
            package=flaw.package,
            installed=flaw.installed,
            fixed_version=flaw.fixed_version,
            streams=tuple(sorted({proof.built.name for proof in self.proofs})),
            known_exploited=exploited,
            days_past_due=self._days(scene) if exploited else 0,
            expected=self.expected,
        )

    def _days(self, scene: Scene) -> int:
        dues = (_due(proof, self.flaw.name, self.flaw.severity, scene) for proof in self.proofs)
        past = [(scene.at - due).days for due in dues if due is not None and due < scene.at]
        return max(past, default=0)


def set_aside(proofs: Sequence[Proof]) -> tuple[SetAside, ...]:
    """What streams have and does not count, the worst first."""
    found: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for proof in proofs:
        for number, why in proof.set_aside.items():
            found[proof.flaws[number].name, why].append((proof, proof.flaws[number]))
    listed = (
        SetAside(name, _severity(members[0][1]), members[0][1].package, why, len(members))
        for (name, why), members in found.items()
    )
    return tuple(sorted(listed, key=lambda one: (*_worst(one), one.why)))


def oldest(found: Iterable[Fix], at: datetime) -> int:
    """How many days the oldest has been open."""
    return max(((at - fix.known_since).days for fix in found if fix.known_since), default=0)


def _due(proof: Proof, name: str, severity: str, scene: Scene) -> datetime | None:
    """By when a stream may not have a flaw any more; None where there is no such time."""
    start = scene.since.get(name, {}).get(proof.built.track)
    return None if start is None else _allowed(start, proof, name, severity, scene)


def _allowed(
    start: datetime, proof: Proof, name: str, severity: str, scene: Scene
) -> datetime | None:
    limit = scene.standards.allows(proof.built.name, name, severity)
    return start + limit if limit is not None else None


def _fixes(
    proofs: Sequence[Proof], numbers: Numbers, scene: Scene
) -> list[tuple[Fix, list[datetime]]]:
    """Vulnerabilities, the worst first, each with when it comes due in its streams."""
    found: dict[str, list[tuple[Sequence[Proof], Flaw]]] = defaultdict(list)
    for group in _alike(proofs, numbers):
        for number in numbers(group[0]):
            flaw = group[0].flaws[number]
            found[flaw.name].append((group, flaw))
    listed = (_fix(name, members, scene) for name, members in found.items())
    return sorted(listed, key=lambda one: _worst(one[0]))


def _alike(proofs: Iterable[Proof], numbers: Numbers) -> list[list[Proof]]:
    """Streams on one base in which the same vulnerabilities of the base's are concerned."""
    found: dict[object, list[Proof]] = defaultdict(list)
    for proof in proofs:
        told = numbers(proof)
        apart = proof.built.image if told & proof.own else 0
        found[proof.built.base, id(proof.candidate), told, apart].append(proof)
    return list(found.values())


def _fix(
    name: str, groups: Sequence[tuple[Sequence[Proof], Flaw]], scene: Scene
) -> tuple[Fix, list[datetime]]:
    flaw = min((one for _, one in groups), key=lambda one: (rank(one.severity), one.package))
    members = [proof for group, _ in groups for proof in group]
    since = scene.since.get(name, {})
    starts = [(proof, start) for proof in members if (start := since.get(proof.built.track))]
    told = (_allowed(start, proof, name, flaw.severity, scene) for proof, start in starts)
    dues = [due for due in told if due is not None]
    fix = Fix(
        vulnerability=name,
        severity=_severity(flaw),
        package=flaw.package,
        fixed_version=flaw.fixed_version,
        streams=len(members),
        known_since=min((start for _, start in starts), default=None),
        past_due=sum(due < scene.at for due in dues),
        known_exploited=scene.standards.exploited(name),
        exposures=len({proof.built.track.stream for proof in members if proof.built.published}),
    )
    return fix, dues


def _remaining(
    proofs: Sequence[Proof], numbers: Numbers, why: Callable[[Flaw], str]
) -> tuple[Remaining, ...]:
    found: dict[tuple[str, str], Remaining] = {}
    for proof, number in _distinct(proofs, numbers):
        flaw = proof.flaws[number]
        one = Remaining(flaw.name, _severity(flaw), flaw.package, why(flaw))
        found.setdefault((flaw.name, flaw.package), one)
    return tuple(sorted(found.values(), key=_worst))


def _distinct(proofs: Sequence[Proof], numbers: Numbers) -> Iterable[tuple[Proof, int]]:
    """Each vulnerability once for images that stand on one base: most of them are the base's."""
    by_base: dict[tuple[int, int | None], dict[int, Proof]] = defaultdict(dict)
    for proof in proofs:
        seen = by_base[proof.built.base, proof.candidate.image]
        new = numbers(proof) - seen.keys()
        seen.update(dict.fromkeys(new, proof))
    return ((proof, number) for seen in by_base.values() for number, proof in seen.items())


def _why(flaw: Flaw) -> str:
    if flaw.fixed_version:
        return f"fixed in {flaw.fixed_version}, which this base does not have yet"
    return "no fix known"


def _severity(flaw: Flaw) -> Severity:
    return flaw.severity  # type: ignore[return-value]  # the record holds nothing else


def _worst(one: Fix | Remaining | OwnFinding | SetAside) -> tuple[int, str, str]:
    return rank(one.severity), one.vulnerability, one.package
