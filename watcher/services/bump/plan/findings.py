"""What a move ends, leaves and brings, summed over the streams of a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from watcher.domain.package import Severity, rank
from watcher.domain.ticket import Fix, OwnFinding, Remaining, SetAside
from watcher.ports.store.lineages import Flaw
from watcher.services.bump.plan.scene import Scene
from watcher.services.bump.proof import Proof

_DOUBT = "your own layers change this package: only the rebuild can tell"

Seen = tuple[Proof, Flaw]
Numbers = Callable[[Proof], frozenset[int]]


def fixes(proofs: Sequence[Proof], scene: Scene) -> tuple[Fix, ...]:
    """What the move ends, the worst first."""
    return _fixes(proofs, lambda proof: proof.prediction.fixes, scene)


def introduces(proofs: Sequence[Proof], scene: Scene) -> tuple[Fix, ...]:
    """What the move brings, the worst first."""
    return _fixes(proofs, lambda proof: proof.prediction.introduces, scene)


def remains(proofs: Sequence[Proof]) -> tuple[Remaining, ...]:
    """What stays because the new base has it too, the worst first."""
    return _remaining(proofs, lambda proof: proof.prediction.remains - proof.own, _why)


def unproven(proofs: Sequence[Proof]) -> tuple[Remaining, ...]:
    """What only the rebuild can tell, the worst first."""
    return _remaining(proofs, lambda proof: proof.prediction.unproven, lambda _: _DOUBT)


def own(proofs: Sequence[Proof], scene: Scene) -> tuple[OwnFinding, ...]:
    """What the images' own packages bring and no base will end, the worst first."""
    found: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for proof in proofs:
        for number in proof.prediction.remains & proof.own:
            flaw = proof.flaws[number]
            found[flaw.name, flaw.package].append((proof, flaw))
    listed = (_own(members, scene) for members in found.values())
    return tuple(sorted(listed, key=_worst))


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


def next_due(proofs: Iterable[Proof], found: Iterable[Fix], scene: Scene) -> datetime | None:
    """When the first comes due, of what is found fixed in some stream, that is not past due."""
    severities = {fix.vulnerability: fix.severity for fix in found}
    dues = (
        _due(proof, name, severities[name], scene)
        for group in _alike(proofs, lambda proof: proof.prediction.fixes)
        for name in {group[0].flaws[number].name for number in group[0].prediction.fixes}
        for proof in group
    )
    return min((due for due in dues if due is not None and due >= scene.at), default=None)


def _due(proof: Proof, name: str, severity: str, scene: Scene) -> datetime | None:
    """By when a stream may not have a flaw any more; None where there is no such time."""
    start = scene.since.get((proof.built.track, name))
    if start is None:
        return None
    limit = scene.standards.allows(proof.built.name, name, severity)
    return start + limit if limit is not None else None


def _fixes(proofs: Sequence[Proof], numbers: Numbers, scene: Scene) -> tuple[Fix, ...]:
    found: dict[str, list[tuple[Sequence[Proof], Flaw]]] = defaultdict(list)
    for group in _alike(proofs, numbers):
        for number in numbers(group[0]):
            flaw = group[0].flaws[number]
            found[flaw.name].append((group, flaw))
    listed = (_fix(name, members, scene) for name, members in found.items())
    return tuple(sorted(listed, key=_worst))


def _alike(proofs: Iterable[Proof], numbers: Numbers) -> list[list[Proof]]:
    """Streams on one base in which the same vulnerabilities of the base's are concerned."""
    found: dict[object, list[Proof]] = defaultdict(list)
    for proof in proofs:
        told = numbers(proof)
        apart = proof.built.image if told & proof.own else 0
        found[proof.built.base, id(proof.candidate), told, apart].append(proof)
    return list(found.values())


def _fix(name: str, groups: Sequence[tuple[Sequence[Proof], Flaw]], scene: Scene) -> Fix:
    flaw = min((one for _, one in groups), key=lambda one: (rank(one.severity), one.package))
    members = [proof for group, _ in groups for proof in group]
    starts = [scene.since.get((proof.built.track, name)) for proof in members]
    known = [start for start in starts if start is not None]
    dues = [_due(proof, name, flaw.severity, scene) for proof in members] if known else []
    exposed = {proof.built.name for proof in members if proof.built.published}
    return Fix(
        vulnerability=name,
        severity=_severity(flaw),
        package=flaw.package,
        fixed_version=flaw.fixed_version,
        streams=len(members),
        known_since=min(known, default=None),
        past_due=sum(due is not None and due < scene.at for due in dues),
        known_exploited=scene.standards.exploited(name),
        exposures=len(exposed),
    )


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


def _own(members: Sequence[Seen], scene: Scene) -> OwnFinding:
    flaw = members[0][1]
    fixed = bool(flaw.fixed_version)
    numbers: Mapping[str, bool] = {
        proof.built.name: fixed and flaw.number in proof.expected for proof, flaw in members
    }
    return OwnFinding(
        vulnerability=flaw.name,
        severity=_severity(flaw),
        package=flaw.package,
        installed=flaw.installed,
        fixed_version=flaw.fixed_version,
        streams=tuple(sorted(numbers)),
        known_exploited=scene.standards.exploited(flaw.name),
        days_past_due=_days_past_due(members, scene),
        expected=all(numbers.values()),
    )


def _days_past_due(members: Sequence[Seen], scene: Scene) -> int:
    """For how many days the first of them has been past due."""
    dues = (_due(proof, flaw.name, flaw.severity, scene) for proof, flaw in members)
    past = [(scene.at - due).days for due in dues if due is not None and due < scene.at]
    return max(past, default=0)


def _severity(flaw: Flaw) -> Severity:
    return flaw.severity  # type: ignore[return-value]  # the record holds nothing else


def _worst(one: Fix | Remaining | OwnFinding | SetAside) -> tuple[int, str, str]:
    return rank(one.severity), one.vulnerability, one.package
