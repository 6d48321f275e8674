"""Packages of one context as a CycloneDX document that Trivy matches as it matches an image.

Trivy reads names and versions back from purls, and fills what is missing by guessing. So each
purl here is synthetic, with everything percent-encoded, and every gap is filled with a value that
matches nothing (Trivy 0.74.0: pkg/sbom/io/decode.go).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from watcher.adapters.scanners.trivy.contexts import LANGUAGE, os_of
from watcher.domain.package import Package

_PREFIX: Final = "aquasecurity:trivy:"
_APK: Final = frozenset({"alpine", "wolfi", "chainguard", "minimos"})
_DEB: Final = frozenset({"debian", "ubuntu", "echo"})

Component = dict[str, object]
Property = tuple[str, str]


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
        kind = _text(package.attributes, "type")
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def _operating_system(
    context: str, packages: Sequence[Package]
) -> tuple[list[Component], list[Component]]:
    family, version = os_of(context)
    system: Component = {"bom-ref": "os", "type": "operating-system", "name": family}
    if version:
        system["version"] = version
    kind = "apk" if family in _APK else "deb" if family in _DEB else "rpm"
    components = [_os_component(str(at), kind, package) for at, package in enumerate(packages)]
    references = [str(at) for at in range(len(packages))]
    return [system, *components], [{"ref": "os", "dependsOn": references}]


def _language(packages: Sequence[Package]) -> tuple[list[Component], list[Component]]:
    """Put the packages of each type under one application: with two, packages would vanish."""
    children: dict[str, list[str]] = {}
    components: list[Component] = []
    for at, package in enumerate(packages):
        children.setdefault(_text(package.attributes, "type"), []).append(str(at))
        purl = f"pkg:cargo/x@{_encoded(package.version)}"
        components.append(_component(str(at), package.name, package.version, purl, []))
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
        "properties": _properties([("Type", kind)]),
    }


def _os_component(reference: str, kind: str, package: Package) -> Component:
    read = package.attributes
    release = _text(read, "release")
    version = _text(read, "version") + (f"-{release}" if release else "")
    qualifiers = [f"arch={_encoded(_text(read, 'arch'))}"] if read.get("arch") else []
    qualifiers += [f"epoch={_number(read, 'epoch')}"] if _number(read, "epoch") else []
    tail = f"?{'&'.join(qualifiers)}" if qualifiers else ""
    purl = f"pkg:{kind}/x@{_encoded(version)}{tail}"
    properties = [*_source(kind, package), *_build(read)]
    if module := _text(read, "module"):
        properties.append(("Modularitylabel", module))
    return _component(reference, package.name, version, purl, properties)


def _source(kind: str, package: Package) -> list[Property]:
    """Name the source package; where there is none, one that no advisory names."""
    read = package.attributes
    name, version = _text(read, "src_name"), _text(read, "src_version")
    # Drivers of apk families fall back to the package's own name, those of the others do not.
    told = [
        ("SrcName", name or (package.name if kind == "apk" else "-")),
        ("SrcVersion", version or "0"),
        ("SrcRelease", _text(read, "src_release")),
        ("SrcEpoch", str(_number(read, "src_epoch") or "")),
    ]
    return [(key, value) for key, value in told if value]


def _build(read: Mapping[str, object]) -> list[Property]:
    build = read.get("build")
    if not isinstance(build, Mapping):
        return []
    listed = build.get("content_sets")
    content_sets = [str(item) for item in listed] if isinstance(listed, list) else []
    nvr = _text(build, "nvr")
    # Trivy forgets a build that names neither; one content set that does not exist keeps it.
    named = content_sets or ([] if nvr else ["-"])
    told = [("ContentSet", item) for item in named] + [("NVR", nvr), ("Arch", _text(build, "arch"))]
    return [(key, value) for key, value in told if value]


def _component(
    reference: str, name: str, version: str, purl: str, properties: Sequence[Property]
) -> Component:
    return {
        "bom-ref": reference,
        "type": "library",
        "name": name,
        "version": version,
        "purl": purl,
        "properties": _properties([("PkgID", reference), *properties]),
    }


def _properties(told: Sequence[Property]) -> list[dict[str, str]]:
    return [{"name": _PREFIX + key, "value": value} for key, value in told]


def _encoded(value: str) -> str:
    """Percent-encode everything, letters too: no reader of purls finds anything to interpret."""
    return f"%{value.encode().hex('%')}" if value else ""


def _text(source: Mapping[str, object], name: str) -> str:
    value = source.get(name)
    return value if isinstance(value, str) else ""


def _number(source: Mapping[str, object], name: str) -> int:
    value = source.get(name)
    return value if isinstance(value, int) else 0
