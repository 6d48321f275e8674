"""Four days of a small fleet, in which every stage has something to write and something to end.

On day 1 everything is new. Before day 3 the base is rebuilt, a flaw is withdrawn, another one
becomes known, one gets its CVE, one is stated not to matter: two tickets are filed. Before day 5
one team has rebuilt all of its images and the other one some; a tag is deleted, the statement is
withdrawn, and the configuration leaves a repository out. One image is matched by scans of its own,
and is rebuilt before day 5. Before day 7 Trivy and the database are new and half of the fleet is
left out: what is left is listed again, one image of it differs at birth, and all of it is audited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from tests.faults.story import images as made
from tests.faults.story.flaws import (
    IN_BASH,
    IN_CURL,
    IN_JINJA,
    IN_OPENSSL,
    IN_TAR,
    UNNAMED_IN_JINJA,
    WORSE_IN_TAR,
    Flaw,
    database,
    day,
    jars,
)
from tests.faults.story.images import Shipped
from watcher.demo.workshop import Artifact
from watcher.domain.vex import Product, Statement

Tag = tuple[str, str]  # repository and tag

BASE: Tag = ("base/python", "3.12")
EVERYTHING = ("shop/**", "data/**", "lab/**", "open/**")


@dataclass(frozen=True)
class Day:
    """What the world shows on one day; `pushed` are push times, which not every registry tells."""

    number: float
    tags: Mapping[Tag, Shipped]
    flaws: tuple[Flaw, ...]
    include: tuple[str, ...] = EVERYTHING
    pushed: Mapping[Tag, float] = field(default_factory=dict)
    stated: tuple[Statement, ...] = ()
    trivy: str = "0.74.0"
    imagined: frozenset[str] = frozenset()  # flaws that scans of whole images do not find
    audited: bool = False

    @property
    def at(self) -> datetime:
        """When its pass is made."""
        return day(self.number)

    def moment_pushed(self, tag: Tag) -> datetime | None:
        """When a tag was pushed, where the registry tells."""
        return day(self.pushed[tag]) if tag in self.pushed else None

    @cached_property
    def database(self) -> Artifact:
        """The database on offer."""
        return database(self.number - 0.5, self.flaws).artifact()

    @cached_property
    def java_database(self) -> Artifact:
        """The Java database on offer."""
        return jars(self.number - 0.5).artifact()


NOT_OURS = Statement(
    author="data team",
    names=(WORSE_IN_TAR.name,),
    products=(Product("local/data/train"),),
    status="not_affected",
    justification="vulnerable_code_not_in_execute_path",
    stated_at=day(2),
)

_FIRST: Mapping[Tag, Shipped] = {
    BASE: made.OLD_BASE,
    ("shop/api", "latest"): made.API,
    ("shop/web", "latest"): made.WEB,
    ("shop/worker", "1.0.0"): made.WORKER,
    ("shop/old", "latest"): made.ALONE,
    ("data/ingest", "latest"): made.INGEST,
    ("data/train", "latest"): made.TRAIN,
    ("lab/probe", "latest"): made.PROBE,
    ("open/curated", "latest"): made.CURATED,
}
_SECOND = {**_FIRST, BASE: made.NEW_BASE, ("shop/worker", "1.1.0"): made.WORKER_1_1}
_THIRD = {
    **{tag: shipped for tag, shipped in _SECOND.items() if tag != ("shop/old", "latest")},
    ("shop/api", "latest"): made.NEW_API,
    ("shop/web", "latest"): made.NEW_WEB,
    ("shop/worker", "1.2.0"): made.WORKER_1_2,
    ("data/ingest", "latest"): made.NEW_INGEST,
    ("shop/new", "latest"): made.PROBE,
    ("open/curated", "latest"): made.NEW_CURATED,
}
_SEEN = {("data/train", "latest"): -14.0}

DAYS: tuple[Day, ...] = (
    Day(1, _FIRST, (IN_OPENSSL, IN_CURL, UNNAMED_IN_JINJA, IN_TAR), pushed=_SEEN),
    Day(
        3,
        _SECOND,
        (IN_OPENSSL, IN_JINJA, IN_BASH, WORSE_IN_TAR),
        stated=(NOT_OURS,),
        pushed={("data/train", "latest"): 2.0},
    ),
    Day(
        5,
        _THIRD,
        (IN_OPENSSL, IN_CURL, IN_JINJA, IN_BASH, WORSE_IN_TAR),
        include=("shop/**", "data/**", "open/**"),
        pushed={("data/train", "latest"): 2.0},
    ),
    Day(
        7,
        _THIRD,
        (IN_OPENSSL, IN_CURL, IN_JINJA, IN_BASH, WORSE_IN_TAR),
        include=("shop/api", "shop/worker", "data/**"),
        pushed={("data/train", "latest"): 2.0},
        trivy="0.75.0",
        imagined=frozenset({IN_CURL.name}),
        audited=True,
    ),
)
