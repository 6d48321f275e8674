"""A plan for one team and lineage, drawn from what its streams prove, or carried on in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from watcher.domain.package import rank
from watcher.domain.ticket import BaseInUse, BumpTicket, Cause, Fix, Line, Target
from watcher.ports.store.lineages import BaseHead
from watcher.services.bump.plan import aside, findings
from watcher.services.bump.plan.lines import urgency
from watcher.services.bump.plan.scene import Scene
from watcher.services.bump.plan.subject import Subject, to_do
from watcher.services.bump.proof import Proof

_WEEK = 7
_GRADES = {
    "layers+annotation": "annotation org.opencontainers.image.base.digest, confirmed by layers",
    "layers": "layers alone",
}


def drawn(subject: Subject, scene: Scene) -> BumpTicket | None:
    """Draw the plan; None where nothing is to be done, told or waited for."""
    plan = _planned(subject, subject.lines(scene), scene)
    return replace(plan, listed=aside.listed(subject, plan.fixes, scene)) if plan else None


def _planned(subject: Subject, lines: Sequence[Line], scene: Scene) -> BumpTicket | None:
    if subject.proofs:
        return _proven(subject, lines, scene) if lines or subject.unknown else None
    before = scene.before.get(subject.cause)
    if subject.unknown:
        return _doubtful(subject, before, lines, scene)
    return _left_behind(before, lines, scene) if lines and before else None


def _proven(subject: Subject, lines: Sequence[Line], scene: Scene) -> BumpTicket:
    wanting = subject.wanting(scene.planning.threshold)
    doubted = subject.doubted(scene.planning.threshold)
    told = [*wanting, *doubted]
    head = max((proof.built.head for proof in subject.proofs), key=_newest)
    fixes = findings.fixes(wanting, scene)
    fixes += _carried(subject, fixes, scene)
    return replace(
        _empty(subject.cause, head, scene),
        lines=tuple(lines),
        fixes=fixes,
        exposure_days_per_week=_severe(fixes, scene) * _WEEK,
        oldest_days=findings.oldest(fixes, scene.at),
        bases=_bases(wanting),
        remains=findings.remains(told),
        introduces=findings.introduces(wanting, scene),
        unproven=findings.unproven(told),
        own=findings.own(told),
        next_due=findings.next_due(wanting, fixes, scene),
        evidence=_evidence(subject.proofs),
        unknown=(*subject.unknown, *aside.doubted(doubted, scene)),
    )


def _doubtful(
    subject: Subject, before: BumpTicket | None, lines: Sequence[Line], scene: Scene
) -> BumpTicket:
    """Nothing can be proven now: what was planned before is neither filed nor taken back."""
    doubt = subject.unknown[0].why
    if before is None:
        head = max((one.head for one in subject.members), key=_newest)
        plan = _empty(subject.cause, head, scene)
    else:
        plan = before
    told = {line.name: line for line in (*plan.lines, *lines)}
    ordered = tuple(sorted(told.values(), key=urgency))
    return replace(plan, lines=ordered, unknown=tuple(subject.unknown), doubt=doubt)


def _left_behind(before: BumpTicket, lines: Sequence[Line], scene: Scene) -> BumpTicket:
    """A plan whose streams are all on other bases now, or gone: it only tells of its lines."""
    return replace(
        before,
        lines=tuple(lines),
        fixes=(),
        remains=(),
        introduces=(),
        unproven=(),
        own=(),
        bases=(),
        unknown=(),
        doubt=None,
        exposure_days_per_week=0,
        oldest_days=0,
        next_due=None,
        scanner=_scanner(scene),
        database_time=scene.version.updated_at,
        as_of=scene.at,
    )


def _empty(cause: Cause, head: BaseHead, scene: Scene) -> BumpTicket:
    """The move to a head, of which nothing is said yet."""
    name = f"{head.repository.path}:{head.tag}"
    reference = f"{scene.planning.address(head.repository)}:{head.tag}"
    return BumpTicket(
        cause=cause,
        action="rebuild",
        base_name=name,
        base_reference=reference,
        target=Target(reference, head.digest, head.since),
        lines=(),
        fixes=(),
        threshold=scene.planning.threshold,
        exposure_days_per_week=0,
        oldest_days=0,
        scanner=_scanner(scene),
        database_time=scene.version.updated_at,
        as_of=scene.at,
        target_name=name,
        labels=scene.planning.labels,
    )


def _scanner(scene: Scene) -> str:
    return f"Trivy {scene.version.scanner}"


def _carried(subject: Subject, fixes: Sequence[Fix], scene: Scene) -> tuple[Fix, ...]:
    """What lines of which nothing is known now had before: it does not vanish meanwhile."""
    before, ticket = scene.before.get(subject.cause), subject.ticket
    listed = to_do(ticket.lines) if ticket else set()
    if before is None or not any(one.name in listed for one in subject.unknown):
        return ()
    names = {fix.vulnerability for fix in fixes}
    return tuple(fix for fix in before.fixes if fix.vulnerability not in names)


def _newest(head: BaseHead) -> tuple[object, ...]:
    return head.since, head.platform


def _severe(fixes: Iterable[Fix], scene: Scene) -> int:
    threshold = rank(scene.planning.threshold)
    return sum(fix.streams for fix in fixes if rank(fix.severity) <= threshold)


def _bases(wanting: Iterable[Proof]) -> tuple[BaseInUse, ...]:
    since = {proof.built.base_digest: proof.built.base_since for proof in wanting}
    return tuple(BaseInUse(digest, at) for digest, at in sorted(since.items(), key=lambda p: p[1]))


def _evidence(proofs: Iterable[Proof]) -> tuple[str, ...]:
    grades = Counter(proof.built.grade for proof in proofs)
    every = grades.total()
    return tuple(
        f"Base found by: {_GRADES.get(grade, grade)}, "
        f"{f'in {count} of {every} streams' if every > 1 else 'in its one stream'}."
        for grade, count in grades.most_common()
    )
