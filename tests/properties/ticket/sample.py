"""The ticket of the design, as values: a realistic one to look at."""

from __future__ import annotations

from datetime import UTC, datetime

from watcher.domain.package import Severity
from watcher.domain.ticket import (
    BaseInUse,
    BumpTicket,
    Cause,
    Done,
    Fix,
    Line,
    LineName,
    OwnFinding,
    Remaining,
    Target,
    TicketKey,
)

CAUSE = Cause("data", "harbor.acme.example/base/python:3.12-slim")
KEY = TicketKey(1, CAUSE)
REFERENCE = "harbor.acme.example/base/python:3.12-slim"


def on(day: str, hour: int = 6) -> datetime:
    """A day of the year 2026, such as `3 Nov`."""
    return datetime.strptime(f"{day} 2026 {hour}", "%d %b %Y %H").replace(tzinfo=UTC)


TO_DO = """
data/feature-store#3 arm64 7 8 21 Jun
data/schema-registry#3 arm64 7 8 1 Jun
data/lake-writer#3 arm64 4 7 12 Jul
data/feature-store#3 amd64 2 5 24 Aug
data/schema-registry:main amd64 2 5 24 Aug
data/ingest#3 amd64 1 4 14 Sep
data/ingest:main amd64 1 4 14 Sep
data/backfill#3 arm64 1 4 14 Sep
data/backfill#3 amd64 0 3 5 Oct
data/dbt-runner#3 amd64 0 3 5 Oct
data/dbt-runner#3 arm64 0 3 5 Oct
data/lake-writer#3 amd64 0 3 5 Oct
"""
DONE = """
data/schema-registry#3 amd64 4 4 4 Nov
data/event-router#3 amd64 4 4 8 Nov
data/ingest#3 arm64 4 4 8 Nov
data/backfill:main amd64 4 4 11 Nov
data/feature-store:main amd64 4 4 13 Nov
data/event-router#3 arm64 4 4 17 Nov
data/event-router:main amd64 4 4 20 Nov
data/lake-writer:main amd64 4 4 20 Nov
data/dbt-runner:main amd64 5 5 21 Nov
"""
FIXES = """
CVE-2026-67014 critical gzip 1.12-1+deb12u1 8 23 Sep 8
CVE-2026-79742 critical libsystemd0 252.39-1~deb12u2 5 23 Aug 5
CVE-2026-61478 critical openssl 3.0.17-1~deb12u4 3 15 Aug 3
CVE-2026-67264 critical openssl 3.0.17-1~deb12u4 3 11 Jul 3
CVE-2026-62119 critical libcurl4 7.88.1-10+deb12u15 2 3 Jul 2
CVE-2026-68704 critical libcurl4 7.88.1-10+deb12u15 2 28 Jun 2
CVE-2026-77409 critical libncursesw6 6.4-4+deb12u1 2 7 Jul 2
CVE-2026-65587 high libcurl4 7.88.1-10+deb12u15 12 30 Sep 12
CVE-2026-71021 high libpam0g 1.5.2-6+deb12u2 12 6 Oct 12
CVE-2026-73995 high libxml2 2.9.14+dfsg-1.3~deb12u6 12 16 Oct 12
CVE-2026-75914 high libncursesw6 6.4-4+deb12u1 8 18 Sep 8
CVE-2026-73150 high libxml2 2.9.14+dfsg-1.3~deb12u6 5 5 Sep 5
CVE-2026-66841 high libcurl4 7.88.1-10+deb12u15 3 15 Jul 3
CVE-2026-75144 high libncursesw6 6.4-4+deb12u1 3 27 Jul 3
CVE-2026-75585 high libxml2 2.9.14+dfsg-1.3~deb12u6 2 2 Jul 2
CVE-2026-65785 medium libxml2 2.9.14+dfsg-1.3~deb12u6 8 19 Sep 0
CVE-2026-69329 medium libpam0g 1.5.2-6+deb12u2 2 23 Jun 2
CVE-2026-74893 low libc6 2.36-9+deb12u14 12 26 Oct 0
CVE-2026-66365 low liblzma5 5.4.1-1+deb12u1 8 18 Sep 0
CVE-2026-62621 low libc6 2.36-9+deb12u14 2 2 Jul 0
"""
REMAINS = """
CVE-2026-75917 high tar no fix in Debian
CVE-2026-72190 high libcurl4 no fix in Debian
CVE-2026-67074 high libexpat1 no fix in Debian
CVE-2026-75030 high zlib1g fixed in Debian on 14 Nov; no base has it yet
CVE-2026-66578 low tar no fix in Debian
CVE-2026-62428 low libsqlite3-0 no fix in Debian
"""
BASES = """
7099f9c78efe 1 Jun
e7ab15ac0119 21 Jun
d87d1058cee6 12 Jul
a1757eb10e3e 24 Aug
ef9abbf2bd32 14 Sep
"""


def line(row: str, *, done: bool) -> Line:
    stream, platform, critical, high, day, month = row.split()
    when = on(f"{day} {month}")
    return Line(
        LineName(f"harbor/{stream}", f"linux/{platform}"),
        image="sha256:" + "1" * 64,
        ended={"CRITICAL": int(critical), "HIGH": int(high)},
        on_base_since=None if done else when,
        done=Done(when, "retired" if "dbt-runner:main" in stream else "remediated")
        if done
        else None,
    )


def fix(row: str) -> Fix:
    vulnerability, severity, package, version, streams, day, month, past_due = row.split()
    return Fix(
        vulnerability,
        rated(severity),
        package,
        version,
        streams=int(streams),
        known_since=on(f"{day} {month}"),
        past_due=int(past_due),
    )


def rated(word: str) -> Severity:
    ratings: dict[str, Severity] = {
        "critical": "CRITICAL",
        "high": "HIGH",
        "medium": "MEDIUM",
        "low": "LOW",
    }
    return ratings[word]


def remaining(row: str) -> Remaining:
    vulnerability, severity, package, why = row.split(" ", 3)
    return Remaining(vulnerability, rated(severity), package, why)


def rows(text: str) -> list[str]:
    return text.strip().splitlines()


NEWEST_OLD = "sha256:eeec2cc7d3d55f09e7a745cd2c50831d212cdd7b91110d4492c5c30aa950461d"
TARGET = "sha256:6e7e79ebc229c4656c34280543f6423f94ec55c08adf34f878e69f58b461effb"

SAMPLE = BumpTicket(
    cause=CAUSE,
    action="rebuild",
    base_name="python:3.12-slim",
    base_reference=REFERENCE,
    target=Target(REFERENCE, TARGET, on("3 Nov")),
    lines=(
        *(line(row, done=False) for row in rows(TO_DO)),
        *(line(row, done=True) for row in rows(DONE)),
    ),
    fixes=tuple(fix(row) for row in rows(FIXES)),
    threshold="HIGH",
    exposure_days_per_week=574,
    oldest_days=148,
    scanner="Trivy 0.74.0",
    database_time=on("23 Nov", 0).replace(minute=19),
    as_of=on("23 Nov"),
    bases=(
        *(
            BaseInUse(f"sha256:{row.split()[0]}" + "0" * 52, on(row.split(" ", 1)[1]))
            for row in rows(BASES)
        ),
        BaseInUse(NEWEST_OLD, on("5 Oct")),
    ),
    remains=tuple(remaining(row) for row in rows(REMAINS)),
    unproven=(
        Remaining(
            "CVE-2026-60411", "HIGH", "libpq5", "your own layers installed it; expected on rebuild"
        ),
    ),
    own=(
        OwnFinding(
            "CVE-2026-64607",
            "CRITICAL",
            "jinja2",
            "3.1.6",
            "3.1.7",
            ("harbor/data/backfill#3", "harbor/data/dbt-runner#3"),
            known_exploited=True,
            days_past_due=11,
        ),
    ),
    evidence=(
        (
            "Base found by: annotation org.opencontainers.image.base.digest, confirmed by the "
            "layers (the strongest grade), in 21 of 21 streams."
        ),
        "Candidate: the digest now behind the same tag.",
    ),
    link="https://watcher.acme.example/bumps/data/python-3.12-slim",
)
