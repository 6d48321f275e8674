"""Facts cut at a time: what was so by then, however late it was learnt.

A change at the time itself belongs to it, as it does to a report's period.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from watcher.domain.exposure import Excused, Held
from watcher.domain.knowledge import Match


def history_until(history: Iterable[Held], at: datetime) -> tuple[Held, ...]:
    """The bindings that had begun; what ended later lasts."""
    return tuple(_held(one, at) for one in history if one.binding.start.at <= at)


def matches_until(matches: Iterable[Match], at: datetime) -> list[Match]:
    """The matches that had begun; what ended later lasts."""
    begun = (one for one in matches if one.start.at <= at)
    return [replace(one, end=None, end_cause=None) if _lasts(one, at) else one for one in begun]


def excused_until(excused: Excused, at: datetime) -> Excused:
    """What had begun to be excused; what ended later lasts."""
    return {
        place: tuple(
            replace(one, end=None) if one.end is not None and one.end.at > at else one
            for one in each
            if one.start.at <= at
        )
        for place, each in excused.items()
    }


def _lasts(match: Match, at: datetime) -> bool:
    return match.end is not None and match.end.at > at


def _held(held: Held, at: datetime) -> Held:
    binding = held.binding
    if binding.end is not None and binding.end.at > at:
        binding = replace(binding, end=None, reason=None)
    contents = tuple(
        replace(one, until=None) if one.until is not None and one.until > at else one
        for one in held.contents
        if one.since is None or one.since <= at
    )
    return replace(held, binding=binding, contents=contents)
