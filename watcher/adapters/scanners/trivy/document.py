"""Packages of one context as a CycloneDX document that Trivy matches as it matches an image.

Everything hangs on one parent through `dependencies`: what does not is lost or taken for something
else (Trivy 0.74.0: pkg/sbom/io/decode.go).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from watcher.adapters.scanners.trivy.component import (
    Component,
    component,
    encoded,
    os_component,
    properties,
    purl_type,
    text,
)
from watcher.adapters.scanners.trivy.contexts import LANGUAGE, os_of
from watcher.domain.package import Package

_SAME_NAME_VANISHES: Final = frozenset({"azurelinux", "cbl-mariner"})


def write(context: str, packages: Sequence[Package]) -> bytes:
    """Write the document; the reference of a component is the package's place in `packages`."""
    if context == LANGUAGE:
        components, dependencies = _language(packages)
    else:
        components, dependencies = _operating_system(context, packages)
    whole = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": components,
        "dependencies": dependencies,
    }
    return json.dumps(whole, separators=(",", ":"), ensure_ascii=True).encode()


def expected_packages(context: str, packages: Sequence[Package]) -> dict[str, int]:
    """Count the packages per `Type` of result, to compare with what Trivy says it looked at."""
    if context != LANGUAGE:
        return {os_of(context)[0]: len(packages)}
    counts: dict[str, int] = {}
    for package in packages:
        kind = text(package.attributes, "type")
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def apart(context: str, packages: Sequence[Package]) -> list[list[Package]]:
    """Spread packages over as few documents as their context allows.

    On Azure Linux and Mariner no document may have two of equal name and version: their drivers
    give findings no package id to tell them apart by, and Trivy drops one.
    """
    if os_of(context)[0] not in _SAME_NAME_VANISHES:
        return [list(packages)]
    documents: list[list[Package]] = []
    times: dict[tuple[str, str], int] = {}
    for package in packages:
        key = (package.name, package.version)
        place = times[key] = times.get(key, -1) + 1
        if place == len(documents):
            documents.append([])
        documents[place].append(package)
    return documents


def _operating_system(
    context: str, packages: Sequence[Package]
) -> tuple[list[Component], list[Component]]:
    family, version = os_of(context)
    system: Component = {"bom-ref": "os", "type": "operating-system", "name": family}
    if version:
        system["version"] = version
    kind = purl_type(family)
    components = [os_component(str(at), kind, package) for at, package in enumerate(packages)]
    references = [str(at) for at in range(len(packages))]
    return [system, *components], [{"ref": "os", "dependsOn": references}]


def _language(packages: Sequence[Package]) -> tuple[list[Component], list[Component]]:
    """Put the packages of each type under one application: with two, packages would vanish."""
    children: dict[str, list[str]] = {}
    components: list[Component] = []
    for at, package in enumerate(packages):
        children.setdefault(text(package.attributes, "type"), []).append(str(at))
        purl = f"pkg:cargo/x@{encoded(package.version)}"
        components.append(component(str(at), package.name, package.version, purl, []))
    applications = [_application(kind) for kind in children]
    parents: list[Component] = [
        {"ref": f"type {kind}", "dependsOn": references} for kind, references in children.items()
    ]
    return applications + components, parents


def _application(kind: str) -> Component:
    return {
        "bom-ref": f"type {kind}",
        "type": "application",
        "name": kind,
        "properties": properties([("Type", kind)]),
    }
