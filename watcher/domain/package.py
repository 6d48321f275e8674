"""What an image consists of: its packages, and what each of them is matched by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

Severity = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"]
SEVERITIES: tuple[Severity, ...] = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN")

_RANKS: Final[Mapping[str, int]] = {one: place for place, one in enumerate(SEVERITIES)}


def rank(severity: str) -> int:
    """Order severities, the worst first; one that is none comes last."""
    return _RANKS.get(severity, len(SEVERITIES))


@dataclass(frozen=True, slots=True)
class Package:
    """A package as its matching sees it: all a driver reads, nothing of image, layer or path.

    `context` names the document in which it is matched; `identity` is unique inside that context
    and is built by the scanner from the fields its drivers read. `left_out` says why a package
    stays in the inventory and out of the match; None where it is matched.
    `attributes` are the fields a scanner needs to write the package down again.
    """

    context: str
    identity: str
    name: str
    version: str
    attributes: Mapping[str, object] = field(default_factory=dict, hash=False)
    left_out: str | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A package where an image has it: the layer it came with, its path, and its real purl."""

    package: Package
    layer: str  # diff id of the layer it originates from; "" where Trivy names none
    path: str
    purl: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A vulnerability of a package, as one scanner run reports it."""

    context: str
    identity: str
    vulnerability: str
    severity: str
    severity_source: str | None
    status: str
    fixed_version: str
    title: str = ""
    published: datetime | None = None
    vendor_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All packages of one image as one scanner version lists them, with its own findings."""

    os_family: str
    os_version: str
    end_of_life: bool
    occurrences: tuple[Occurrence, ...]
    findings: tuple[Finding, ...]
    not_covered: str | None = None  # why no document can carry the packages; None where one can
    unknown_jars: bool = False  # whether it may have jars that the Java database has no name for


_DIRECT: Final = "direct"  # the first word of a context that is matched by scans of one image


def direct_context(image: str) -> str:
    """The context of an image, by its digest, whose match is its own scan and no document."""
    return f"{_DIRECT} {image}"


def is_direct(context: str) -> bool:
    """Whether a context is matched by scans of one image."""
    return context.partition(" ")[0] == _DIRECT


def directly(listed: Catalogue, image: str) -> Catalogue:
    """An image's list as its own scan matches it: all in one context, nothing left out.

    Identities stay as they are, so that the scan's findings belong to the packages still.
    """
    context = direct_context(image)
    return replace(
        listed,
        occurrences=tuple(
            replace(one, package=replace(one.package, context=context, left_out=None))
            for one in listed.occurrences
        ),
        findings=tuple(replace(one, context=context) for one in listed.findings),
        not_covered=None,
    )
