"""A plan for one team and lineage, drawn from what its streams prove, or carried on in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from watcher.domain.package import rank
from watcher.domain.ticket import BaseInUse, BumpTicket, Fix, Line, Target
from watcher.ports.store.lineages import BaseHead, Built
from watcher.services.bump.plan import aside, findings
from watcher.services.bump.plan.lines import urgency
from watcher.services.bump.plan.scene import Scene
from watcher.services.bump.plan.subject import Subject, to_do
from watcher.services.bump.proof import Proof

_WEEK: Final = 7
_GRADES: Final = {
    "layers+annotation": "what the image says itself, confirmed by its layers",
    "layers": "layers alone",
}
_SHOWN: Final = 3  # different sentences of evidence


def drawn(subject: Subject, scene: Scene) -> BumpTicket | None:
    """Draw the plan; None where nothing is to be done, told or waited for."""
    plan = _planned(subject, subject.lines(scene), scene)
    return replace(plan, listed=aside.listed(subject, plan.fixes, scene)) if plan else None


def _planned(subject: Subject, lines: Sequence[Line], scene: Scene) -> BumpTicket | None:
    if subject.proofs:
        plan = _proven(subject, lines, scene)
        told = lines or subject.unknown or plan.alternative or _stuck(subject, plan, scene)
        return plan if told else None
    before = scene.before.get(subject.cause)
    if subject.unknown:
        return _doubtful(subject, before, lines, scene)
    return _left_behind(before, lines, scene) if lines and before else None


def _stuck(subject: Subject, plan: BumpTicket, scene: Scene) -> bool:
    """Whether a base whose maintenance has ended leaves something that counts: no fix will come."""
    threshold = scene.planning.threshold
    return bool(plan.base_system) and any(one.left(threshold) for one in subject.proofs)


def _proven(subject: Subject, lines: Sequence[Line], scene: Scene) -> BumpTicket:
    threshold, choice = scene.planning.threshold, subject.choice
    wanting, doubted = subject.wanting(threshold), subject.doubted(threshold)
    told = [*wanting, *doubted] if wanting or doubted else list(subject.proofs)
    fixes, next_due = findings.fixes(wanting, scene)
    fixes += _carried(subject, fixes, scene)
    parts = {proof.built.base: proof.built for proof in subject.proofs}
    targets = [proof.candidate.image for proof in subject.proofs]
    return replace(
        _empty(subject, scene),
        lines=tuple(lines),
        fixes=fixes,
        exposure_days_per_week=_severe(fixes, scene) * _WEEK,
        oldest_days=findings.oldest(fixes, scene.at),
        bases=_bases(wanting),
        remains=findings.remains(told),
        introduces=findings.introduces(wanting, scene),
        unproven=findings.unproven(told),
        own=findings.own(told, scene),
        set_aside=findings.set_aside([one for one in subject.proofs if one.moves]),
        next_due=next_due,
        evidence=_evidence(subject.proofs),
        unknown=(*subject.unknown, *aside.doubted(doubted, scene)),
        move=choice.option.kind,
        waiting=choice.waiting,
        alternative=choice.alternative,
        doubt=_waits(choice.waiting),
        base_system=scene.system(sorted(parts)),
        target_system=scene.system(targets),
    )


def _waits(stream: str | None) -> str | None:
    """Why nothing is filed for what waits."""
    return None if stream is None else f"it is built on {stream}, which has to be rebuilt first"


def _doubtful(
    subject: Subject, before: BumpTicket | None, lines: Sequence[Line], scene: Scene
) -> BumpTicket:
    """Nothing can be proven now: what was planned before is neither filed nor taken back."""
    doubt = subject.unknown[0].why
    plan = _empty(subject, scene) if before is None else before
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
        set_aside=(),
        bases=(),
        unknown=(),
        doubt=None,
        waiting=None,
        alternative=None,
        exposure_days_per_week=0,
        oldest_days=0,
        next_due=None,
        scanner=_scanner(scene),
        database_time=scene.version.updated_at,
        as_of=scene.at,
    )


def _empty(subject: Subject, scene: Scene) -> BumpTicket:
    """The move to an image, of which nothing is said yet."""
    option = subject.choice.option
    heads = [one for built in subject.members if (one := option.head(built)) is not None]
    lineage = max((one.head for one in subject.members), key=_newest)
    head = max(heads, key=_newest, default=lineage)
    digest = "" if subject.choice.waiting else head.named_digest
    return BumpTicket(
        cause=subject.cause,
        action=option.action,
        base_name=_name(lineage),
        base_reference=_reference(lineage, scene),
        target=Target(_reference(head, scene), digest, head.since),
        lines=(),
        fixes=(),
        threshold=scene.planning.threshold,
        exposure_days_per_week=0,
        oldest_days=0,
        scanner=_scanner(scene),
        database_time=scene.version.updated_at,
        as_of=scene.at,
        target_name=_name(head),
        labels=scene.planning.labels,
    )


def _name(head: BaseHead) -> str:
    return head.name.removeprefix(f"{head.repository.registry}/")


def _reference(head: BaseHead, scene: Scene) -> str:
    """An image as `FROM` names it; of a stream without a tag of its own the repository."""
    home = scene.planning.address(head.repository)
    return f"{home}:{head.tag}" if head.by == "tag" else home


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
    since = {_pointed(proof.built): proof.built.base_since for proof in wanting}
    return tuple(BaseInUse(digest, at) for digest, at in sorted(since.items(), key=lambda p: p[1]))


def _pointed(built: Built) -> str:
    return built.base_pointed or built.base_digest


def _evidence(proofs: Iterable[Proof]) -> tuple[str, ...]:
    """By what grades bases were found, the most frequent first, and what was seen."""
    every = list(proofs)
    grades = Counter(proof.built.grade for proof in every)
    told = Counter(proof.built.evidence for proof in every if proof.built.evidence)
    return (
        *(
            f"Base found by: {_GRADES.get(grade, grade)}, {_in_streams(count, len(every))}."
            for grade, count in sorted(grades.items(), key=lambda one: (-one[1], one[0]))
        ),
        *(
            f"Seen {_in_streams(count, len(every))}: {words}."
            for words, count in sorted(told.items(), key=lambda one: (-one[1], one[0]))[:_SHOWN]
        ),
    )


def _in_streams(count: int, every: int) -> str:
    return f"in {count} of {every} streams" if every > 1 else "in its one stream"
