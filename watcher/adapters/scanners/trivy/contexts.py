"""Contexts: what a match depends on beside the package, written as `family version part`.

A context names one document. It holds the part of the OS version that the family's driver in
Trivy reads (pkg/detector/ospkg), so that Debian 12.4 and 12.5 share one. Language packages depend
on nothing but themselves and share the context `language`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from watcher.adapters.scanners.trivy.fields import JsonObject, text

LANGUAGE: Final = "language"

_MAJOR: Final = frozenset({"debian", "redhat", "centos", "alma", "rocky", "oracle"})
_MINOR: Final = frozenset({"alpine", "azurelinux", "cbl-mariner"})
_WHOLE: Final = frozenset({"ubuntu", "sles", "opensuse-leap", "slem", "photon"})
_ROLLING: Final = frozenset(
    {"wolfi", "chainguard", "minimos", "echo", "opensuse-tumbleweed", "bottlerocket"}
)
_AMAZON: Final = frozenset({"2", "2022", "2023"})

SUPPORTED: Final = _MAJOR | _MINOR | _WHOLE | _ROLLING | {"amazon"}
RED_HAT: Final = frozenset({"redhat", "centos"})
SUPPLIERS: Final = ("RapidFort", "Root.io", "Seal")

_REPOSITORY = re.compile(
    r'\t\[alpine\] Detecting vulnerabilities\.\.\.\tos_version="[^"]*" repository="([^"]*)"'
)


@dataclass(frozen=True, slots=True)
class OperatingSystem:
    """The OS of an image as Trivy's report names it."""

    family: str
    name: str
    extended: bool = False  # Ubuntu Pro's extended maintenance, for which Trivy has own advisories
    end_of_life: bool = False
    supplier: str = ""

    @classmethod
    def read(cls, source: JsonObject) -> OperatingSystem:
        """Read `Metadata.OS` of a report."""
        return cls(
            family=text(source, "Family"),
            name=text(source, "Name"),
            extended=source.get("extended") is True,
            end_of_life=source.get("EOSL") is True,
            supplier=text(source, "Supplier"),
        )


def alpine_release(log: str) -> str | None:
    """Find the release of Alpine's repositories in Trivy's log: its report does not tell it.

    Trivy takes the advisories of the repositories' release, not those of the OS version. Empty
    where the image names no repositories: the OS version counts then. None where the log says
    nothing.
    """
    found = _REPOSITORY.search(log)
    return found.group(1) if found else None


def os_context(system: OperatingSystem, release: str = "", part: str = "") -> str:
    """Name the context of an image's OS packages.

    `release` is that of Alpine's repositories, `part` what else separates these packages.
    """
    version = _written_version(system, release)
    words = [system.family, quote(version, safe="")] if version else [system.family]
    return " ".join([*words, f"({part})"] if part else words)


def os_of(context: str) -> tuple[str, str]:
    """Tell the OS family and the version to write down for a context."""
    words = [word for word in context.split(" ") if not word.startswith("(")]
    return words[0], unquote(words[1]) if len(words) > 1 else ""


def supplier_in(context: str) -> str:
    """Tell the supplier whose driver a context is for; "" where it is the OS's own."""
    return next((name for name in SUPPLIERS if f"({name}:" in context), "")


def _written_version(system: OperatingSystem, release: str) -> str:
    family, name = system.family, system.name
    if family in _ROLLING:
        return ""
    if family == "amazon":
        major = (name.split() or [""])[0].partition(".")[0]
        return major if major in _AMAZON else "1"
    if family in _MAJOR:
        return name.partition(".")[0]
    if family == "alpine" and release:
        return release
    if family in _MINOR:
        return ".".join(name.split(".")[:2])
    return f"{name}-ESM" if family == "ubuntu" and system.extended else name
