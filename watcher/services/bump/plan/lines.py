"""The lines of a checklist: what the move would end in each, and which of them are done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

from watcher.domain.package import SEVERITIES, rank
from watcher.domain.ticket import Cause, Done, Line, LineName
from watcher.ports.store.bumps import Remembered
from watcher.services.bump.plan.excused import aside
from watcher.services.bump.plan.scene import Scene, line_name
from watcher.services.bump.proof import NOWHERE, Proof


def line_of(proof: Proof, threshold: str) -> Line:
    """A line to do, with what the move is proven to end in it."""
    ended = Counter(flaw.severity for flaw in proof.severe(threshold))
    built = proof.built
    return Line(line_name(built), built.digest, dict(ended), on_base_since=built.base_since)


def remembered_lines(
    ticket: Remembered, wanted: Collection[LineName], images: Mapping[LineName, str], scene: Scene
) -> dict[LineName, Line]:
    """Lines once on a ticket stay there; done when nothing listed is in their heads.

    `wanted` are those that are to do anyway; `images` are digests of heads, as far as known.
    """
    severe = {
        name
        for name, rated in ticket.listed.items()
        if rank(rated.severity) <= rank(scene.planning.threshold)
    }
    return {
        line.name: _judged(line, ticket.key.cause, severe, images, scene)
        for line in ticket.lines
        if line.name not in wanted
    }


def urgency(line: Line) -> tuple[bool, list[int], str, str]:
    """Where a line stands among others: those to do first, the worst of them first."""
    counts = [-line.ended.get(severity, 0) for severity in SEVERITIES[:-1]]
    return line.done is not None, counts, line.name.stream, line.name.platform


def _judged(
    line: Line, cause: Cause, severe: set[str], images: Mapping[LineName, str], scene: Scene
) -> Line:
    """The line as evidence has it; where there is none, it stays as it was."""
    if scene.planning.team_of(line.name.stream) != cause.team:
        return _done(line, Done(scene.at, "moved"))
    if line.name not in scene.heads:
        return _done(line, Done(scene.at, "retired"))
    head = scene.heads[line.name]
    names = scene.fleet.names(head) if head is not None else None
    if names is None:
        return line
    left = names & severe
    excused, accepted = _set_aside(line, scene) if left else (frozenset(), frozenset())
    if left - excused - accepted:
        return replace(line, done=None)
    if left:
        return _done(line, Done(scene.at, "excused" if left <= excused else "accepted"))
    same = images.get(line.name) == line.image
    return _done(line, Done(scene.at, "withdrawn" if same else "remediated"))


def _set_aside(line: Line, scene: Scene) -> tuple[frozenset[str], frozenset[str]]:
    """The names of what does not count in a stream as it is: excused, and accepted."""
    built = scene.builds.get(line.name)
    held = scene.fleet.sets(built.image) if built else None
    if built is None or held is None:
        return frozenset(), frozenset()
    told = aside(built, NOWHERE, scene)
    accepted = scene.fleet.named(told.accepted, held)
    every = scene.fleet.matching.of(held)
    excused = every - scene.fleet.matching.without(told.now).of(held)
    return scene.fleet.named(excused, held), accepted


def _done(line: Line, done: Done) -> Line:
    """What was done before stays done as of then, for the reason there was then."""
    return line if line.done is not None else replace(line, done=done)
