"""Differences with the rule of matching that would explain each: docs/matching.md has them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from watcher.domain.package import Finding

Side = Literal["missing", "extra"]  # only the scanner has it; only the derived ones do

UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Difference:
    """A finding of one side alone, with the rule that is likely to have missed something."""

    side: Side
    finding: Finding
    rule: str

    @property
    def package(self) -> str:
        """The package as `name@version`, or its identity where that cannot be read."""
        return package_of(self.finding)

    def __str__(self) -> str:
        """Say it in a line."""
        one = self.finding
        said = (one.fixed_version, one.status, one.severity, one.severity_source)
        told = " ".join(part or "-" for part in said)
        where = f"{one.vulnerability} {self.package} in {one.context}"
        return f"{self.side}: {where}: {told} (rule: {self.rule})"


def package_of(one: Finding) -> str:
    """The package of a finding, as `name@version` where its identity begins so."""
    return one.identity.rpartition("#")[0] or one.identity


def likely_rule(one: Finding, others: Sequence[Finding]) -> str:
    """Name the rule that would explain a difference; `others` are those of the other side."""
    twin = next((each for each in others if _twins(one, each)), None)
    if twin is not None:
        if twin.identity != one.identity or twin.context != one.context:
            return "identity"
        return "largest fix" if twin.fixed_version != one.fixed_version else "severity source"
    found = (name for name, holds in _BY_CONTEXT if holds(one))
    return next(found, UNKNOWN)


def _twins(one: Finding, other: Finding) -> bool:
    same = one.vulnerability == other.vulnerability
    return same and package_of(one) == package_of(other)


def _of(*families: str) -> Callable[[Finding], bool]:
    return lambda one: one.context.partition(" ")[0] in families


def _holding(*marks: str) -> Callable[[Finding], bool]:
    return lambda one: any(mark in one.context for mark in marks)


def _is_jar(one: Finding) -> bool:
    """Whether a package is named by Maven's coordinates, which only jars have."""
    return one.context == "language" and ":" in package_of(one).partition("@")[0]


# The first that holds is named; each row is a section of docs/matching.md.
_BY_CONTEXT: Final[tuple[tuple[str, Callable[[Finding], bool]], ...]] = (
    ("suppliers", _holding("(Root.io:", "(Seal:")),
    ("content sets", _holding("(build:")),
    ("extended maintenance", _holding("-ESM")),
    ("alpine repositories", _of("alpine")),
    ("equal name and version", _of("azurelinux", "cbl-mariner")),
    ("jars", _is_jar),
)

RULES: Final = (
    "identity",
    "largest fix",
    "severity source",
    *(name for name, _ in _BY_CONTEXT),
    UNKNOWN,
)
