"""The report of `trivy image` as a catalogue: every package with its context, and own findings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from watcher.adapters.scanners.trivy import contexts, identity, left_out
from watcher.adapters.scanners.trivy.contexts import OperatingSystem
from watcher.adapters.scanners.trivy.fields import JsonObject, part, parts, text, whole
from watcher.adapters.scanners.trivy.findings import FIELDS, make_finding
from watcher.adapters.scanners.trivy.suppliers import supplier_of, unwritable
from watcher.domain.errors import PermanentError, TransientError
from watcher.domain.package import Catalogue, Finding, Occurrence, Package

_SCHEMA: Final = 2


@dataclass(slots=True)
class _Reading:
    """What has been read of one report so far."""

    system: OperatingSystem
    log: str
    image: str
    supplier: str = ""
    unwritable: str | None = None
    occurrences: dict[Occurrence, None] = field(default_factory=dict)
    findings: dict[Finding, None] = field(default_factory=dict)


def read_catalogue(report: bytes, log: str, image: str, reference: str | None = None) -> Catalogue:
    """Read a report and the log beside it; `image` is the digest, which names private contexts.

    `reference` is what the report must be about. Raises TransientError where the report is no
    report, PermanentError where it cannot be read or a finding belongs to no package.
    """
    source = _parsed(report)
    if reference is not None and source.get("ArtifactName") != reference:
        # Without any result it would be the report of an image that holds nothing.
        raise TransientError(
            f"Trivy printed a report that is not about {reference}; watcher retries; if it stays, "
            "check that trivy.binary is Trivy"
        )
    system = OperatingSystem.read(part(part(source, "Metadata"), "OS"))
    reading = _Reading(system, log, image)
    for result in parts(source, "Results"):
        _read_result(reading, result)
    return Catalogue(
        os_family=system.family,
        os_version=system.name,
        end_of_life=system.end_of_life,
        occurrences=tuple(reading.occurrences),
        findings=tuple(reading.findings),
        not_covered=reading.unwritable,
    )


def _parsed(report: bytes) -> JsonObject:
    try:
        source = whole(json.loads(report), "report")
    except (ValueError, RecursionError):
        raise TransientError(
            "Trivy printed no JSON report for the image, or one that is cut off; watcher retries"
        ) from None
    if source.get("SchemaVersion") != _SCHEMA:
        raise PermanentError(
            f"Trivy's report has schema {source.get('SchemaVersion')!r}, watcher reads {_SCHEMA}: "
            "use a Trivy that writes it"
        )
    return source


def _read_result(reading: _Reading, result: JsonObject) -> None:
    packages = parts(result, "Packages")
    if result.get("Class") == "os-pkgs":
        made = _os_packages(reading, packages)
    else:
        kind = text(result, "Type")
        made = [
            identity.language_package(kind, source, left_out.nameless(source))
            for source in packages
        ]
    by_uid: dict[str, Package] = {}
    for source, package in zip(packages, made, strict=True):
        by_uid[text(part(source, "Identifier"), "UID")] = package
        reading.occurrences[_occurrence(result, source, package)] = None
    for source in parts(result, "Vulnerabilities"):
        finding = make_finding(_owner(source, by_uid), [source.get(name) for name in FIELDS])
        reading.findings[finding] = None


def _os_packages(reading: _Reading, sources: Sequence[JsonObject]) -> list[Package]:
    reading.supplier = supplier_of(reading.system, sources)
    release = _release(reading) if sources else ""
    made = [_os_package(reading, release, source) for source in sources]
    matched = [source for source, one in zip(sources, made, strict=True) if one.left_out is None]
    reading.unwritable = unwritable(reading.system, reading.supplier, matched)
    return made


def _release(reading: _Reading) -> str:
    if reading.system.family != "alpine" or reading.supplier:
        return ""
    release = contexts.alpine_release(reading.log)
    if release is None:
        raise PermanentError(
            "Trivy's log does not say of which release Alpine's repositories are, so the image's "
            "advisories are not known: use a Trivy that logs it, such as 0.74.0"
        )
    return release


def _os_package(reading: _Reading, release: str, source: JsonObject) -> Package:
    system, supplier = reading.system, reading.supplier
    context = contexts.os_context(system, release, _part(reading, source))
    return identity.os_package(
        context, system.family, source, left_out.of_os(system, supplier, source)
    )


def _part(reading: _Reading, source: JsonObject) -> str:
    """Say what separates a package from others of its OS: a supplier's image, a Red Hat build."""
    if reading.supplier:
        return f"{reading.supplier}:{reading.image}"
    build = identity.build_of(source)
    if reading.system.family in contexts.RED_HAT and build is not None:
        # One content set that the database does not know fails the whole document.
        return f"build:{identity.digest(build)}"
    return ""


def _occurrence(result: JsonObject, source: JsonObject, package: Package) -> Occurrence:
    path = text(source, "FilePath")
    if not path and result.get("Class") != "os-pkgs":
        path = text(result, "Target")
    return Occurrence(
        package=package,
        layer=text(part(source, "Layer"), "DiffID"),
        path=path,
        purl=text(part(source, "Identifier"), "PURL"),
    )


def _owner(source: JsonObject, by_uid: Mapping[str, Package]) -> Package:
    owner = by_uid.get(text(part(source, "PkgIdentifier"), "UID"))
    if owner is None:
        raise PermanentError(
            f"Trivy reports {source.get('VulnerabilityID')!r} for {source.get('PkgName')!r}, which "
            "is not in its own list of packages: the image cannot be compared"
        )
    return owner
