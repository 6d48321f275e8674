"""What an advisory database says: which versions are affected, and what the flaw is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

Severity = Literal["UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL"]
Status = Literal[
    "not_affected",
    "affected",
    "under_investigation",
    "will_not_fix",
    "fix_deferred",
    "end_of_life",
]

PIP = "pip::GitHub Security Advisory pip"
NPM = "npm::GitHub Security Advisory npm"
MAVEN = "maven::GitHub Security Advisory Maven"


@dataclass(frozen=True, slots=True)
class OsAdvisory:
    """A source package of one release: affected below `fixed_version`, or with no fix at all.

    `bucket` names the release (`debian 12`, `ubuntu 22.04`, `alpine 3.19`, `wolfi`). Without a
    fix `status` says why; Alpine and Wolfi publish fixes only. `severity` is the distribution's
    own for this package, as Debian has it.
    """

    bucket: str
    package: str
    vulnerability: str
    fixed_version: str | None = None
    status: Status | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class LanguageAdvisory:
    """A package of a language: affected in any of the ranges, fixed in the patched versions.

    `vulnerable_versions` are ranges such as `>=4.0, <4.2.11`; `vendor_ids` the ids under which
    the source files it (`GHSA-…`).
    """

    bucket: str
    package: str
    vulnerability: str
    vulnerable_versions: tuple[str, ...]
    patched_versions: tuple[str, ...] = ()
    vendor_ids: tuple[str, ...] = ()


Advisory: TypeAlias = OsAdvisory | LanguageAdvisory


@dataclass(frozen=True, slots=True)
class VulnerabilityDetail:
    """The flaw itself, times in aware UTC.

    `vendor_severity` is by source (`nvd`, `debian`, `ghsa`): the source of the advisory counts
    first, then nvd, then `severity`.
    """

    id: str
    title: str = ""
    severity: Severity = "UNKNOWN"
    vendor_severity: Mapping[str, Severity] = field(default_factory=dict)
    published: datetime | None = None
    modified: datetime | None = None
    description: str = ""
    references: tuple[str, ...] = ()
