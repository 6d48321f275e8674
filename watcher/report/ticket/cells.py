"""A vulnerability as the cells of a ticket's tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from watcher.domain.package import rank
from watcher.domain.ticket import Fix, OwnFinding, Remaining, SetAside
from watcher.report.ticket.neutral import name
from watcher.report.ticket.words import counted

Finding = Fix | Remaining | OwnFinding | SetAside

BROUGHT: Final = ("vulnerability", "severity", "package", "fixed in")  # the heads of `brought`


def vulnerabilities(found: Sequence[Finding]) -> str:
    """How many there are, each counted once."""
    return counted(len({one.vulnerability for one in found}), "vulnerability", "vulnerabilities")


def start(one: Fix | Remaining | SetAside) -> tuple[str, str, str]:
    """Its name, severity and package."""
    return name(one.vulnerability), severity(one), name(one.package)


def brought(fix: Fix) -> tuple[str, ...]:
    """Its start, and the version that fixes it."""
    if not fix.package:  # its name is all that was remembered
        return name(fix.vulnerability), severity(fix), "–", "–"
    return *start(fix), version(fix.fixed_version)


def severity(one: Finding) -> str:
    """How bad it is, and whether it is known to be exploited."""
    exploited = ", KEV" if getattr(one, "known_exploited", False) else ""
    return f"{one.severity.lower()}{exploited}"


def version(fixed: str) -> str:
    """The version that fixes it, where there is one."""
    return name(fixed) if fixed else "no fix"


def worst(one: Finding) -> tuple[int, str]:
    """The order of reading: the worst first."""
    return rank(one.severity), one.vulnerability
