"""A fleet for measuring: many images on a dozen bases in eight systems, and news about them.

Jars and packages of a third party are among them: what the match leaves out, and what only the
Java database names.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from watcher.demo.workshop import (
    MAVEN,
    NPM,
    PIP,
    Advisory,
    ApkPackage,
    Database,
    DebianPackage,
    Image,
    Jar,
    JavaArtifact,
    Job,
    LanguageAdvisory,
    Layer,
    NodePackage,
    OsAdvisory,
    PythonPackage,
    VulnerabilityDetail,
    alpine_base,
    built_on,
    debian_base,
    java_database,
    java_layer,
    node_layer,
    python_layer,
    trivy_database,
    ubuntu_base,
    wolfi_base,
)
from watcher.domain.package import Severity

START = datetime(2026, 10, 1, tzinfo=UTC)
SEVERITIES: tuple[Severity, ...] = ("CRITICAL", "HIGH", "MEDIUM", "LOW")
SYSTEMS = (
    "debian 11",
    "debian 12",
    "debian 13",
    "ubuntu 20.04",
    "ubuntu 22.04",
    "alpine 3.18",
    "alpine 3.19",
    "wolfi",
)
BASES = 12
LIBRARIES = 200  # names of language packages to choose from, where the fleet does not say
VERSIONS = 3  # of each library
PER_IMAGE = 30  # language packages of an image
EVERY = 4  # one image in so many has jars
JARS = 3
JAR_KINDS = 40


@dataclass(frozen=True, slots=True)
class Fleet:
    """So many images, on bases of so many packages; the same numbers give the same fleet."""

    images: int
    packages: int
    libraries: int = LIBRARIES

    @classmethod
    def of(cls, images: int, distinct: int, packages: int) -> Fleet:
        """A fleet of about so many distinct packages, `packages` of which each base has."""
        languages = max(0, distinct - BASES * packages)
        return cls(images, packages, max(PER_IMAGE, languages // (2 * VERSIONS)))

    def jobs(self) -> Iterator[Job]:
        """Every image with its repository."""
        bases = [self._base(number) for number in range(BASES)]
        for number in range(self.images):
            chosen = random.Random(number)  # noqa: S311 - a fleet, not a secret
            layers = [self._python(chosen), self._node(chosen)]
            layers += [java_layer(_jars(number))] if number % EVERY == 0 else []
            base = bases[number % BASES]
            image = built_on(base, layers, created=START - timedelta(days=number % 90))
            yield Job(f"team{number % 9}/service{number}", "latest", image)

    def database(self, day: int) -> Database:
        """The database of a day: each day some advisories are new and a few are gone."""
        advisories = [one for number, one in enumerate(self._advisories()) if _told(number, day)]
        names = sorted({one.vulnerability for one in advisories})
        details = [_detail(name) for name in names]
        return trivy_database(advisories, details, updated_at=START + timedelta(days=day))

    def java_database(self) -> Database:
        """The database that names the jars of this fleet by their digests."""
        jars = {jar for number in range(0, self.images, EVERY) for jar in _jars(number)}
        known = [JavaArtifact(one.group, one.artifact, one.version, one.sha1) for one in jars]
        return java_database(known, updated_at=START)

    def _base(self, number: int) -> Image:
        system = SYSTEMS[number % len(SYSTEMS)]
        return Image([system_layer(system, number, self.packages)], created=START)

    def _python(self, chosen: random.Random) -> Layer:
        names = chosen.sample(range(self.libraries), PER_IMAGE // 2)
        return python_layer(
            [PythonPackage(f"lib{n}", f"{chosen.randrange(VERSIONS)}.0") for n in names]
        )

    def _node(self, chosen: random.Random) -> Layer:
        names = chosen.sample(range(self.libraries), PER_IMAGE // 2)
        return node_layer(
            [NodePackage(f"lib{n}", f"{chosen.randrange(VERSIONS)}.0.0") for n in names]
        )

    def _advisories(self) -> Iterator[Advisory]:
        for system in SYSTEMS:
            for package in range(self.packages):
                yield from _system_advisories(system, package)
        for ecosystem, name in ((PIP, "PY"), (NPM, "JS")):
            for package in range(self.libraries):
                yield LanguageAdvisory(
                    ecosystem, f"lib{package}", _name(name, package, 0), ("<2.0",), ("2.0",)
                )
        for place in range(JAR_KINDS):
            flaw = _name("JV", place, 0)
            yield LanguageAdvisory(MAVEN, f"org.example:jar{place}", flaw, ("<2.0",), ("2.0",))


_DOCKER = "Docker <support@docker.com>"


def _jars(number: int) -> list[Jar]:
    """The jars of an image; one kind of them names itself."""
    places = ((number // EVERY + place) % JAR_KINDS for place in range(JARS))
    return [Jar("org.example", f"jar{n}", "1.0", names_itself=n == 0) for n in places]


def system_layer(system: str, number: int, packages: int) -> Layer:
    """The layer of a base: a system with packages in the versions of a number."""
    family, _, release = system.partition(" ")
    version = f"1.{number}.0"
    if family in {"debian", "ubuntu"}:
        debian = [DebianPackage(f"pkg{n}", f"{version}-1") for n in range(packages)]
        # Trivy tells a third party by who maintains it; the advisory of pkg0 is not about it.
        debian.append(DebianPackage("pkg0-docker", "1.0", "pkg0", maintainer=_DOCKER))
        return debian_base(release, debian) if family == "debian" else ubuntu_base(release, debian)
    apk = [ApkPackage(f"pkg{n}", f"{version}-r0") for n in range(packages)]
    return alpine_base(f"{release}.1", apk) if family == "alpine" else wolfi_base(apk)


def _system_advisories(system: str, package: int) -> Iterator[Advisory]:
    tail = "-1" if system.startswith(("debian", "ubuntu")) else "-r0"
    for flaw in range(2):
        fixed = f"1.{4 + 5 * flaw}.0{tail}"
        name = _name(system.replace(" ", "").replace(".", "").upper(), package, flaw)
        yield OsAdvisory(system, f"pkg{package}", name, fixed_version=fixed)


def _told(number: int, day: int) -> bool:
    """Of every hundred advisories two come on a later day, and one is withdrawn there."""
    place = number % 100
    return day > 0 if place in {17, 58} else day == 0 if place == 91 else True  # noqa: PLR2004


def _name(system: str, package: int, flaw: int) -> str:
    number = sum(map(ord, system)) * 100_000 + package * 10 + flaw
    return f"CVE-2026-{number}"


def _detail(name: str) -> VulnerabilityDetail:
    number = int(name.rpartition("-")[2])
    return VulnerabilityDetail(
        name,
        title=f"flaw {number}",
        severity=SEVERITIES[number % len(SEVERITIES)],
        published=START - timedelta(days=number % 400),
        description="what can happen, and to whom, at some length " * 8,
    )
