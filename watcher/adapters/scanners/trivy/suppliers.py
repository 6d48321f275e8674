"""Suppliers that rebuild an OS's packages: one such package switches Trivy's driver for all."""

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


def is_sealed(package: JsonObject) -> bool:
    """Tell whether Seal rebuilt this package."""
    names = (text(package, "Name"), text(package, "SrcName"))
    return any(name.lower().startswith("seal-") for name in names)
