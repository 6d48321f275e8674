"""Windows as rows of a table: what each cell says, worked out from the exposures document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from watcher.report.pages.wording import instant
from watcher.web import purls
from watcher.web.causes import worded

_DAY = timedelta(days=1)
Window = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShownPackage:
    """A package of a window, and the version that fixes it; empty where none does yet."""

    name: str
    version: str
    fixed: str


@dataclass(frozen=True, slots=True)
class EndedBy:
    """What would end a window: a bump by its key, with the ticket it stands in."""

    key: str
    base: str
    ticket: str | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """Who accepted a window's risk, why and until when; `expired` where that is over."""

    reason: str
    author: str
    expires: str
    expired: bool


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A window as a row. Days are whole numbers and fractions; times are as documents write them.

    `repeats` is set where the row above is of the same vulnerability. `due` is None where there
    is no due time, and `due_state` says why; `late` is how many days past it the end (or now) lies,
    negative before it.
    """

    vulnerability: str
    severity: str
    stream: str
    platform: str
    team: str | None
    covered: bool
    open: bool
    since: str
    until: str | None
    backfilled: bool
    days: float
    cumulative_days: float
    stretches: int
    cause: str | None
    ended_by: str | None
    last_image: str
    repository: str
    packages: tuple[ShownPackage, ...]
    due: str | None
    due_state: str
    late: float
    ends: EndedBy | None
    repeats: bool
    accepted: Accepted | None = None


def rows_of(
    windows: Iterable[Window],
    as_of: datetime,
    bumps: Mapping[str, Any] | None = None,
) -> Iterator[WindowRow]:
    """Rows for windows of the exposures document; `bumps` is the bumps document."""
    endings = _endings(bumps["bumps"] if bumps else ())
    above = None
    for window in windows:
        name = window["vulnerability"]
        ends = endings.get((_stream(window), window["platform"], name))
        yield _row(window, as_of, ends, repeats=name == above)
        above = name


def _row(window: Window, as_of: datetime, ends: EndedBy | None, *, repeats: bool) -> WindowRow:
    last = window["episodes"][-1]
    start = instant(last["from"])
    end = instant(last["to"]) if last["to"] else max(as_of, start)
    due = instant(last["due"]) if last["due"] else None
    return WindowRow(
        vulnerability=window["vulnerability"],
        severity=window["severity"],
        stream=_stream(window),
        platform=window["platform"],
        team=window["team"],
        covered=window["covered"],
        open=window["open"],
        since=last["from"],
        until=last["to"],
        backfilled=last["backfilled"],
        days=(end - start) / _DAY,
        cumulative_days=window["cumulative_days"],
        stretches=len(window["episodes"]),
        cause=worded(last["cause"]) if last["cause"] else None,
        ended_by=last["ended_by"],
        last_image=last["last_image"],
        repository=f"{window['registry']}/{window['repository']}",
        packages=_packages(last["packages"]),
        due=last["due"],
        due_state=last["due_state"],
        late=(end - due) / _DAY if due else 0.0,
        ends=ends if window["open"] else None,
        repeats=repeats,
        accepted=Accepted(**window["acceptance"]) if window["acceptance"] else None,
    )


def _packages(told: Sequence[Mapping[str, Any]]) -> tuple[ShownPackage, ...]:
    shown = (ShownPackage(*purls.shown(one["purl"]), one["fixed_version"] or "") for one in told)
    return tuple(dict.fromkeys(shown))


def _stream(window: Window) -> str:
    sign = ":" if window["by"] == "tag" else "#"
    return f"{window['registry']}/{window['repository']}{sign}{window['stream']}"


def _endings(bumps: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str, str], EndedBy]:
    """The open bump that would end a vulnerability in a stream."""
    found: dict[tuple[str, str, str], EndedBy] = {}
    for bump in bumps:
        ticket = bump["ticket"]["id"] if bump["ticket"] else None
        ends = EndedBy(bump["key"], bump["base"]["name"], ticket)
        for image in bump["images"] if bump["state"] == "open" else ():
            for fix in bump["fixes"] if not image["done"] else ():
                key = (image["stream"], image["platform"], fix["vulnerability"])
                found.setdefault(key, ends)
    return found
