"""Which images a sample takes: of every context some, and those first that waited longest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import isqrt
from typing import Final

from watcher.ports.store.audits import Auditable

OF_EACH: Final = 2  # images of every context


@dataclass(frozen=True, slots=True)
class Sample:
    """How many images are taken: `most` at most, or `every` one.

    With neither it grows with the fleet: the square root of its images, and two of every context.
    """

    most: int | None = None
    every: bool = False


NIGHTLY: Final = Sample()


def choose(auditable: Sequence[Auditable], wanted: Sample, seed: int) -> list[Auditable]:
    """Choose images; the same ones for the same seed.

    Those whose comparison is due come first, then of each context one and then another, the
    rarest context first, then whoever was audited longest ago.
    """
    if wanted.every:
        return list(auditable)
    waiting = sorted(auditable, key=lambda one: (not one.due, one.audited_in or 0, _lot(one, seed)))
    chosen = {one.catalogue: one for one in waiting if one.due}
    for one in _of_each_context(waiting, Counter(_contexts(chosen.values()))):
        chosen.setdefault(one.catalogue, one)
    if wanted.most is not None:
        return list(chosen.values())[: wanted.most] + _rest(waiting, chosen, wanted.most)
    return list(chosen.values()) + _rest(waiting, chosen, isqrt(len(waiting)))


def _rest(
    waiting: Iterable[Auditable], chosen: dict[int, Auditable], wanted: int
) -> list[Auditable]:
    missing = max(0, wanted - len(chosen))
    return [one for one in waiting if one.catalogue not in chosen][:missing]


def _of_each_context(waiting: Sequence[Auditable], taken: Counter[int]) -> Iterable[Auditable]:
    """Images so that each context has its number; one counts for all the contexts it has."""
    by_context: dict[int, list[Auditable]] = {}
    for one in waiting:
        for context in one.contexts:
            by_context.setdefault(context, []).append(one)
    rarest = sorted(by_context, key=lambda context: (len(by_context[context]), context))
    seen = set[int]()
    for wanted in range(1, OF_EACH + 1):
        for context in rarest:
            left = (one for one in by_context[context] if one.catalogue not in seen)
            found = next(left, None)
            if taken[context] < wanted and found is not None:
                seen.add(found.catalogue)
                taken.update(found.contexts)
                yield found


def _contexts(ones: Iterable[Auditable]) -> Iterable[int]:
    return (context for one in ones for context in one.contexts)


def _lot(one: Auditable, seed: int) -> str:
    """An order that is another one each time, and no secret."""
    return sha256(f"{seed} {one.digest}".encode()).hexdigest()
