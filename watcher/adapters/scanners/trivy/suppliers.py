"""Suppliers that rebuild an OS's packages: one such package switches Trivy's driver for all.

So an image of theirs has a context of its own. What a document cannot carry makes its image one
that is matched by a scan of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from watcher.adapters.scanners.trivy.contexts import OperatingSystem
from watcher.adapters.scanners.trivy.fields import JsonObject, text
from watcher.adapters.scanners.trivy.identity import shown_version

# Trivy 0.74.0: pkg/detector/ospkg/{rapidfort,rootio,seal}/supplier.go, in the order it asks them.
_RAPIDFORT: Final = frozenset({"ubuntu", "alpine", "redhat"})
_ROOT_IO: Final = {
    "debian": re.compile(r"\.root\.io"),
    "ubuntu": re.compile(r"\.root\.io"),
    "alpine": re.compile(r"-r[0-9]007[0-9]"),
}
# Those of them whose packages Trivy takes for rpms.
_SEALED_RPMS: Final = frozenset({"cbl-mariner", "centos", "redhat", "oracle"})
_SEAL: Final = frozenset(
    {"alpine", "cbl-mariner", "centos", "redhat", "debian", "oracle", "ubuntu"}
)


def supplier_of(system: OperatingSystem, packages: Sequence[JsonObject]) -> str:
    """Name the supplier whose driver Trivy takes for these OS packages; "" for the OS's own."""
    if system.supplier == "rapidfort" and system.family in _RAPIDFORT:
        return "RapidFort"
    root_io = _ROOT_IO.get(system.family)
    if root_io and any(root_io.search(shown_version(package)) for package in packages):
        return "Root.io"
    if system.family in _SEAL and any(map(is_sealed, packages)):
        return "Seal"
    return ""


def unwritable(system: OperatingSystem, supplier: str, matched: Sequence[JsonObject]) -> str | None:
    """Say why no document makes Trivy take this supplier's driver; None where one does.

    `matched` are the OS packages that a document would carry.
    """
    if supplier == "RapidFort":
        return "RapidFort's images are told by a file in them, which no document can carry"
    if supplier and supplier_of(system, matched) != supplier:
        return f"nothing that {supplier} rebuilt in it can be written into a document"
    if supplier == "Seal" and system.family in _SEALED_RPMS and not all(map(_has_source, matched)):
        return "a package that Seal rebuilt does not say which source it was built from"
    return None


def _has_source(package: JsonObject) -> bool:
    return not is_sealed(package) or bool(text(package, "SrcName"))


def is_sealed(package: JsonObject) -> bool:
    """Tell whether Seal rebuilt this package."""
    names = (text(package, "Name"), text(package, "SrcName"))
    return any(name.lower().startswith("seal-") for name in names)
