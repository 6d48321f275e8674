"""The demo's vulnerabilities: packages and versions are real; ids, dates and flaws made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.demo.story import News
from watcher.demo.workshop import (
    NPM,
    PIP,
    Advisory,
    LanguageAdvisory,
    OsAdvisory,
    VulnerabilityDetail,
)
from watcher.domain.package import Severity

OPENSSL = "CVE-2026-50001"
CURL = "CVE-2026-50002"
JINJA = "CVE-2026-50003"
EXPAT = "CVE-2026-50004"
SEMVER = "CVE-2026-50005"


@dataclass(frozen=True, slots=True)
class _Flaw:
    published: float
    severity: Severity
    title: str
    advisory: Advisory


_FLAWS = {
    OPENSSL: _Flaw(
        -30,
        "HIGH",
        "openssl: a handshake can be made to read freed memory",
        OsAdvisory("debian 12", "openssl", OPENSSL, fixed_version="3.0.14-1~deb12u2"),
    ),
    CURL: _Flaw(
        2.5,
        "CRITICAL",
        "curl: a proxy can write behind the end of a header",
        OsAdvisory("alpine 3.19", "curl", CURL, fixed_version="8.9.0-r0"),
    ),
    JINJA: _Flaw(
        -60,
        "MEDIUM",
        "jinja2: attribute names are not escaped",
        LanguageAdvisory(PIP, "jinja2", JINJA, ("<3.1.4",), ("3.1.4",)),
    ),
    EXPAT: _Flaw(
        4,
        "MEDIUM",
        "expat: deep nesting takes quadratic time",
        OsAdvisory("debian 12", "expat", EXPAT, status="affected"),
    ),
    SEMVER: _Flaw(
        8,
        "HIGH",
        "semver: a long range takes exponential time",
        LanguageAdvisory(NPM, "semver", SEMVER, ("<7.5.2",), ("7.5.2",)),
    ),
}


def news(start: datetime, updated: float, *told: str) -> News:
    """A database of day `updated` that knows of these flaws; `start` is the first midnight."""
    details = tuple(
        VulnerabilityDetail(
            name,
            title=_FLAWS[name].title,
            severity=_FLAWS[name].severity,
            published=start + timedelta(days=_FLAWS[name].published),
        )
        for name in told
    )
    return News(updated, tuple(_FLAWS[name].advisory for name in told), details)
