"""What no habit explains: a rollback, a tag deleted, an outage, and a ticket closed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from watcher.demo.story import Tag


@dataclass(frozen=True, slots=True)
class Rollback:
    """A tag was put back on a day to what it had been on another."""

    day: float
    tag: Tag
    to: float


OUTAGE: Final = 62
ROLLBACK: Final = Rollback(79.2, ("shop/api", "main"), 66)
DELETED: Final = (55.0, ("ops/cron", "old-stable"))
# ops closes what it will not do; data closes early what its builds are about to end.
CLOSED_BY_HAND: Final = (
    (49.0, "1:ops:local/base/alpine:3.19"),
    (24.5, "1:data:local/base/temurin:21-jre"),
)

# What a pass is remembered for, where the bases and the moves do not say it.
HEADLINES: Final[Mapping[float, str]] = {
    0: "the first pass over what is there",
    48: "4 new bases; shop puts its tickets on the board: two days each from now on",
    50: "shop is done in two days; ops closes a ticket by hand and does nothing",
    56: "ops deletes its cron:old-stable; data is done",
    62: "the registry is down",
    66: "the registry is back: what it missed is dated with doubt",
    78: "the database takes back what it said of sqlite3",
    80: "shop rolls its api back, and its ticket opens again",
    86: "shop rolls forward again, on the newest base",
    90: "temurin:17-jre is rebuilt at last",
    120: "python:3.12-slim is rebuilt again; curl has a fix that no base has yet",
}
