"""What a plan tells beside its lines: what its ticket listed before, and streams in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from watcher.domain.package import Severity, rank
from watcher.domain.ticket import Fix, Unknown
from watcher.services.bump.plan.scene import Scene, line_name
from watcher.services.bump.plan.subject import Subject
from watcher.services.bump.proof import Proof

_NAMED: Final = 3  # vulnerabilities that are named for a stream in doubt


def listed(subject: Subject, fixes: Iterable[Fix], scene: Scene) -> tuple[Fix, ...]:
    """What the ticket listed at or above the threshold and the plan does not fix now.

    The ticket remembers names and severities alone: packages are those of the plan before.
    """
    if subject.ticket is None:
        return ()
    before = scene.before.get(subject.cause)
    told = {one.vulnerability: one for one in (*before.listed, *before.fixes)} if before else {}
    now = {one.vulnerability for one in fixes}
    found = [
        _plain(name, rated.severity, told.get(name))
        for name, rated in subject.ticket.listed.items()
        if name not in now and rank(rated.severity) <= rank(scene.planning.threshold)
    ]
    return tuple(sorted(found, key=lambda one: (rank(one.severity), one.vulnerability)))


def _plain(name: str, severity: str, told: Fix | None) -> Fix:
    """Without the figures of streams that have it: none of them is to do."""
    rated = cast("Severity", severity)
    if told is None:
        return Fix(name, rated, "")
    return Fix(name, rated, told.package, told.fixed_version)


def doubted(proofs: Iterable[Proof], scene: Scene) -> tuple[Unknown, ...]:
    """Streams of which only the rebuild can tell whether it ends anything that counts."""
    return tuple(
        Unknown(line_name(proof.built), _doubt(proof, scene.planning.threshold)) for proof in proofs
    )


def _doubt(proof: Proof, threshold: str) -> str:
    names = list(dict.fromkeys(one.name for one in proof.doubtful(threshold)))
    shown = ", ".join(names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"its own layers change packages of the base: only the rebuild can tell of {shown}{more}"
