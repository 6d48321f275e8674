"""The season as chapters: what was pushed, disclosed and done between two passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from watcher.demo.season.advisories import Flaw, flaws, news
from watcher.demo.season.bases import BASES
from watcher.demo.season.builds import Push, pushes
from watcher.demo.season.calendar import PASSES, Calendar
from watcher.demo.season.events import CLOSED_BY_HAND, DELETED, HEADLINES, OUTAGE, ROLLBACK
from watcher.demo.season.teams import TEAMS
from watcher.demo.story import Chapter, News, Story

_LONG_AGO = -1000.0
_NAMED = 2  # bases in a title; of more it says how many
_PUBLISHED = 0.25  # days from a database to the pass that takes it


def season(start: datetime) -> Story:
    """Tell the season from the midnight `start` on."""
    history = _rolled_back(pushes(Calendar(start)))
    offered = [news(start, day - _PUBLISHED) for day in PASSES]
    passes = zip((_LONG_AGO, *PASSES[:-1]), PASSES, (None, *offered[:-1]), offered, strict=True)
    chapters = [
        _chapter(before, day, history, now if then is None or _differs(then, now) else None)
        for before, day, then, now in passes
    ]
    return Story(tuple(chapters), {f"{team}/**": team for team in TEAMS})


def _chapter(before: float, day: float, history: list[Push], published: News | None) -> Chapter:
    """What happened after the pass of the day `before`, up to that of `day`."""
    since = [push for push in history if before < push.day <= day]
    new = [flaw for flaw in flaws() if before < flaw.published + _PUBLISHED <= day]
    return Chapter(
        day,
        _title(day, since, new) or ("fixes are out" if published else "nothing new"),
        pushes={push.tag: push.content for push in since},
        deletes=(DELETED[1],) if before < DELETED[0] <= day else (),
        news=published,
        registry_down=day == OUTAGE,
        closed_by_hand=tuple(key for on, key in CLOSED_BY_HAND if before < on <= day),
    )


def _rolled_back(history: list[Push]) -> list[Push]:
    earlier = [push for push in history if push.tag == ROLLBACK.tag and push.day <= ROLLBACK.to]
    again = Push(ROLLBACK.day, ROLLBACK.tag, earlier[-1].content, earlier[-1].team)
    return sorted([*history, again], key=lambda push: push.day)


def _differs(told: News, offered: News) -> bool:
    return (told.advisories, told.details) != (offered.advisories, offered.details)


def _title(day: float, since: Sequence[Push], new: Iterable[Flaw]) -> str:
    """What a reader should know of these days, in one line; empty where that is nothing."""
    if day in HEADLINES:
        return HEADLINES[day]
    critical = [flaw.package for flaw in new if flaw.severity == "CRITICAL"]
    parts = [*([f"critical: {', '.join(critical)}"] if critical else []), *_parts(since)]
    return "; ".join(parts) or ("new advisories" if new else "")


def _parts(since: Iterable[Push]) -> Iterator[str]:
    moved = Counter(push.team for push in since)
    out = {f"{push.tag[0]}:{push.tag[1]}" for push in since}
    bases = [one.name.removeprefix("base/") for one in BASES if one.name in out]
    if len(bases) > _NAMED:
        yield f"{len(bases)} new bases"
    elif bases:
        yield f"new: {', '.join(bases)}"
    if teams := [f"{team} {moved[team]}" for team in TEAMS if moved[team]]:
        yield f"rebuilt: {', '.join(teams)}"
