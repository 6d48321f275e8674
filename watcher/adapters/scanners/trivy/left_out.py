"""Packages that stay in the inventory and out of the match, each with the reason.

Trivy itself gives them no findings (pkg/detector/ospkg), or a document cannot carry them.
"""

from __future__ import annotations

from watcher.adapters.scanners.trivy.contexts import SUPPORTED, OperatingSystem
from watcher.adapters.scanners.trivy.fields import JsonObject, part, text
from watcher.adapters.scanners.trivy.suppliers import is_sealed


def of_os(system: OperatingSystem, supplier: str, package: JsonObject) -> str | None:
    """Say why a package of an OS is not matched; None where it is."""
    if reason := nameless(package):
        return reason
    if package.get("Name") == "gpg-pubkey":
        return "a signing key, not a package"
    if system.family not in SUPPORTED:
        return f"Trivy has no advisories for {system.family}"
    third_party = text(part(package, "Repository"), "Class") == "third-party"
    sealed = supplier == "Seal" and is_sealed(package)
    if third_party and system.family != "echo" and not sealed:
        return "from a third-party repository, which the OS's advisories do not describe"
    return None


def nameless(package: JsonObject) -> str | None:
    """Say that a package lacks what every match needs; None where it has it."""
    return None if text(package, "Name") and text(package, "Version") else "no name or no version"
