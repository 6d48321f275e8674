"""What is wrong with the fleet's packages, as a real database and as a fake scanner tell it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tests.fakes.scanner import Known
from watcher.demo.workshop import (
    PIP,
    LanguageAdvisory,
    OsAdvisory,
    VulnerabilityDetail,
    java_database,
    trivy_database,
)
from watcher.demo.workshop.advisories import Advisory, Severity
from watcher.demo.workshop.database import Database

START = datetime(2026, 3, 1, tzinfo=UTC)
DEBIAN = "debian 12"
OLD_OPENSSL, NEW_OPENSSL = "3.0.11-1~deb12u2", "3.0.14-1~deb12u2"
OLD_BASH, NEW_BASH = "5.2.15-2", "5.2.21-1"
CURL, TAR = "7.88.1-10", "1.34+dfsg-1"
OLD_JINJA, NEW_JINJA = "3.1.2", "3.1.4"


def day(number: float) -> datetime:
    """A time, as days from the story's midnight."""
    return START + timedelta(days=number)


@dataclass(frozen=True, slots=True)
class Flaw:
    """A vulnerability in one version of one package; no `fixed` where nothing mends it."""

    name: str
    package: str
    version: str
    fixed: str = ""
    severity: Severity = "HIGH"
    published: float = -30.0
    python: bool = False
    alias: str = ""  # the advisory's own id, where it is known by another

    @property
    def known(self) -> Known:
        """As the fake scanner knows it."""
        return Known(
            self.package,
            self.name,
            self.fixed,
            self.severity,
            day(self.published),
            (self.version,),
            self.name,
            self.vendor_ids,
        )

    @property
    def vendor_ids(self) -> tuple[str, ...]:
        """What its sources call it beside."""
        return (self.alias,) if self.alias else ()

    @property
    def advisory(self) -> Advisory:
        """As a database tells it."""
        if self.python:
            return LanguageAdvisory(
                PIP,
                self.package,
                self.name,
                (f"<{self.fixed}",),
                (self.fixed,),
                self.vendor_ids,
            )
        if self.fixed:
            return OsAdvisory(DEBIAN, self.package, self.name, fixed_version=self.fixed)
        return OsAdvisory(DEBIAN, self.package, self.name, status="affected")

    @property
    def detail(self) -> VulnerabilityDetail:
        """The flaw itself."""
        return VulnerabilityDetail(
            self.name, self.name, self.severity, published=day(self.published)
        )


IN_OPENSSL = Flaw("CVE-2026-1", "openssl", OLD_OPENSSL, NEW_OPENSSL)
IN_CURL = Flaw("CVE-2026-2", "curl", CURL)
UNNAMED_IN_JINJA = Flaw("GHSA-3", "jinja2", OLD_JINJA, NEW_JINJA, "MEDIUM", python=True)
IN_JINJA = replace(UNNAMED_IN_JINJA, name="CVE-2026-3", alias="GHSA-3")
IN_BASH = Flaw("CVE-2026-4", "bash", OLD_BASH, NEW_BASH, published=-3)
IN_TAR = Flaw("CVE-2026-5", "tar", TAR, severity="LOW")
WORSE_IN_TAR = Flaw("CVE-2026-5", "tar", TAR, severity="MEDIUM")


def database(updated: float, flaws: Collection[Flaw]) -> Database:
    """A database of that day which tells of these flaws."""
    advisories, details = [one.advisory for one in flaws], [one.detail for one in flaws]
    return trivy_database(advisories, details, updated_at=day(updated))


def jars(updated: float) -> Database:
    """A Java database of that day, which knows no jar."""
    return java_database([], updated_at=day(updated))
