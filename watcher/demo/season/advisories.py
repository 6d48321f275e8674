"""What was disclosed when, where it is fixed, and since when; read from the two tables beside.

Packages and versions are real; ids, dates and flaws are made up.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import get_args

from watcher.demo.season.systems import ALPINE_3_19, DEBIAN_11, DEBIAN_12
from watcher.demo.story import News
from watcher.demo.workshop import (
    NPM,
    PIP,
    Advisory,
    LanguageAdvisory,
    OsAdvisory,
    VulnerabilityDetail,
)
from watcher.demo.workshop.advisories import Severity

_BUCKETS = {"pypi": PIP, "npm": NPM}
_USUALLY_FIXED = 0.2  # days after it was published


@dataclass(frozen=True, slots=True)
class Flaw:
    """One line of a table; `published`, `fixed` and `withdrawn` are days of the season.

    `where` maps a release, or an index of libraries, to the version with the fix; None: no fix.
    """

    id: str
    published: float
    fixed: float
    withdrawn: float | None
    severity: Severity
    package: str
    title: str
    where: dict[str, str | None]
    vulnerable: str = ""

    def known(self, day: float) -> bool:
        """Whether a database of this day speaks of it."""
        return self.published <= day and (self.withdrawn is None or day < self.withdrawn)

    def fix(self, where: str, day: float) -> str | None:
        """The version with the fix, once it is out."""
        return self.where[where] if self.fixed <= day else None


@cache
def flaws() -> tuple[Flaw, ...]:
    """All flaws of the season, by their day of fix."""
    systems = (DEBIAN_12.bucket, DEBIAN_11.bucket, ALPINE_3_19.bucket)
    found = [
        _flaw(row, {name: _version(row[name]) for name in systems if row[name]}, row["withdrawn"])
        for row in _rows("advisories.csv")
    ]
    found += [_flaw(row, {row["index"]: row["patched"]}) for row in _rows("libraries.csv")]
    return tuple(sorted(found, key=lambda flaw: (flaw.fixed, flaw.id)))


def news(start: datetime, day: float) -> News:
    """The database of a day; `start` is the season's first midnight."""
    known = [flaw for flaw in flaws() if flaw.known(day)]
    details = tuple(
        VulnerabilityDetail(
            flaw.id,
            title=f"{flaw.package}: {flaw.title}",
            severity=flaw.severity,
            published=start + timedelta(days=flaw.published),
        )
        for flaw in known
    )
    told = [one for flaw in known for one in _advisories(flaw, day)]
    return News(day, tuple(told), details)


def _advisories(flaw: Flaw, day: float) -> list[Advisory]:
    return [one for where in flaw.where if (one := _advisory(flaw, where, day))]


def _advisory(flaw: Flaw, where: str, day: float) -> Advisory | None:
    fix = flaw.fix(where, day)
    if where in _BUCKETS:
        patched = (fix,) if fix else ()
        return LanguageAdvisory(_BUCKETS[where], flaw.package, flaw.id, (flaw.vulnerable,), patched)
    if fix:
        return OsAdvisory(where, flaw.package, flaw.id, fixed_version=fix)
    if where == ALPINE_3_19.bucket:
        return None  # Alpine tells of fixes only
    return OsAdvisory(where, flaw.package, flaw.id, status="affected")


def _rows(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _flaw(row: dict[str, str], where: dict[str, str | None], withdrawn: str = "") -> Flaw:
    published = float(row["published"])
    return Flaw(
        id=f"CVE-2026-{row['id']}",
        published=published,
        fixed=float(row["fixed"] or published + _USUALLY_FIXED),
        withdrawn=float(withdrawn) if withdrawn else None,
        severity=_severity(row["severity"]),
        package=row["package"],
        title=row["title"],
        where=where,
        vulnerable=row.get("vulnerable", ""),
    )


def _version(cell: str) -> str | None:
    return None if cell == "affected" else cell


def _severity(cell: str) -> Severity:
    found: Severity | None = next((one for one in get_args(Severity) if one == cell), None)
    if found is None:
        raise ValueError(f"{cell!r} is no severity")
    return found
