"""What does not count in a stream: what statements of VEX excuse, and what somebody accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from watcher.domain.acceptance import Acceptance, accepted
from watcher.ports.store.lineages import Built, Excuses, Excusing, Flaw, HeldIn
from watcher.services.bump.plan.scene import Planning, Scene
from watcher.services.bump.proof import COUNTED, Aside, But, Candidate, Sets


def held_in(built: Built, candidates: Iterable[int]) -> Iterator[HeldIn]:
    """Where statements may excuse packages of a stream: its image, and images it may move to."""
    name, tag = str(built.repository), built.stream if built.by == "tag" else None
    digests = frozenset(one for one in (built.digest, built.pointed) if one)
    yield HeldIn(built.image, name, tag, digests)
    for image in (built.image, *candidates):
        yield HeldIn(image, name, tag, frozenset())


def aside(built: Built, candidate: Candidate, scene: Scene) -> Aside:
    """What does not count when a stream moves to a candidate."""
    now: Excuses = {}
    then: dict[int, Mapping[int, Excusing]] = {}
    if scene.excuses:
        possible = [] if candidate.image is None else [candidate.image]
        here, *there = held_in(built, possible)
        now = scene.excuses.get(here, {})
        for held in there:
            then |= scene.excuses.get(held, {})
    taken = accepted_flaws(built, candidate.ground.sets, scene)
    if not now and not then and not taken:
        return COUNTED
    why = {
        number: f"VEX of {one.author or 'an unnamed author'}: not affected"
        f"{f', {one.justification}' if one.justification else ''} ({one.document})"
        for told in now.values()
        for number, one in told.items()
    }
    for number, risk in taken.items():
        why[number] = f"risk accepted by {risk.author} until {risk.expires:%Y-%m-%d}: {risk.reason}"
    return Aside(_numbers(now), _numbers(then), frozenset(taken), why)


def accepted_flaws(built: Built, candidate: Sets, scene: Scene) -> dict[int, Acceptance]:
    """The flaws of a stream, now or then, whose risk is accepted at the time."""
    wanted = _in_force(scene.planning, scene)
    if not wanted:
        return {}
    held = (*(scene.fleet.sets(built.image) or ()), *candidate)
    names = {one.vulnerability for one in wanted}
    found: dict[int, Acceptance] = {}
    for flaw in _flaws(held, scene):
        called = (flaw.name, *flaw.others)
        if flaw.number not in found and not names.isdisjoint(called):
            one = accepted(wanted, called, str(built.repository), built.name)
            if one is not None:
                found[flaw.number] = one
    return found


def _in_force(planning: Planning, scene: Scene) -> list[Acceptance]:
    return [one for one in planning.accepted if not one.expired(scene.at)]


def _flaws(held: Sets, scene: Scene) -> Iterator[Flaw]:
    for one in held:
        for package in one.packages:
            yield from scene.fleet.flaws.get(package.number, ())


def _numbers(told: Excuses) -> But:
    return {package: frozenset(found) for package, found in told.items()}
