"""Bindings of which nothing is known yet: what was open before stays open over them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from watcher.domain.exposure.episode import Held
from watcher.domain.stream import Binding


def presumed(history: Iterable[Held]) -> list[Held]:
    """Stretch known bindings over the unknown ones behind them: nothing is believed meanwhile.

    What was open stays open over them, and nothing new opens. The bound at which something is known
    again reaches back, in doubt, to where knowing stopped.
    """
    known: list[Held] = []
    doubt: datetime | None = None  # since when nothing is known, without a gap until now
    reach: datetime | None = None  # where the binding before ended
    for held in history:
        binding = held.binding
        doubt = doubt if reach == binding.start.at else None
        reach = binding.end.at if binding.end else None
        if held.contents:
            start = binding.start.reaching_back_to(doubt) if doubt else binding.start
            known.append(replace(held, binding=replace(binding, start=start)))
            doubt = None
            continue
        doubt = doubt or binding.start.earliest
        last = known[-1].binding.end if known else None
        if last and last.at == binding.start.at:
            known[-1] = _stretched(known[-1], binding)
    return known


def _stretched(held: Held, over: Binding) -> Held:
    doubt = (held.binding.end or over.start).earliest
    end = over.end.reaching_back_to(doubt) if over.end else None
    stretched = replace(held.binding, end=end, reason=over.reason)
    return Held(stretched, held.contents, held.known_until or over.start.at)
