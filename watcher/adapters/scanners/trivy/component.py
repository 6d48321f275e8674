"""One package as a component of a document: all that its driver reads, and nothing to guess.

Trivy reads names and versions back from purls, and fills what is missing by guessing. So each
purl here is synthetic, with everything percent-encoded, and every gap is filled with a value that
matches nothing (Trivy 0.74.0: pkg/sbom/io/decode.go).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from watcher.adapters.scanners.trivy.contexts import supplier_in
from watcher.domain.package import Package

_PREFIX: Final = "aquasecurity:trivy:"
_APK: Final = frozenset({"alpine", "wolfi", "chainguard", "minimos"})
_DEB: Final = frozenset({"debian", "ubuntu", "echo"})

Component = dict[str, object]
Property = tuple[str, str]


def purl_type(family: str) -> str:
    """Name the type of purl that makes Trivy read versions as this family's driver does."""
    return "apk" if family in _APK else "deb" if family in _DEB else "rpm"


def os_component(reference: str, kind: str, package: Package) -> Component:
    """Write an OS package; `kind` is the type of its purl."""
    read = package.attributes
    release = text(read, "release")
    version = text(read, "version") + (f"-{release}" if release else "")
    qualifiers = [f"arch={encoded(text(read, 'arch'))}"] if read.get("arch") else []
    qualifiers += [f"epoch={_number(read, 'epoch')}"] if _number(read, "epoch") else []
    tail = f"?{'&'.join(qualifiers)}" if qualifiers else ""
    purl = f"pkg:{kind}/x@{encoded(version)}{tail}"
    told = [*_source(kind, package), *_build(read)]
    if module := text(read, "module"):
        told.append(("Modularitylabel", module))
    return component(reference, package.name, version, purl, told)


def _source(kind: str, package: Package) -> list[Property]:
    """Name the source package; where there is none, what its driver takes in its place."""
    read = package.attributes
    name, version = _sourceless(kind, package)
    told = [
        ("SrcName", text(read, "src_name") or name),
        ("SrcVersion", text(read, "src_version") or version),
        ("SrcRelease", text(read, "src_release")),
        ("SrcEpoch", str(_number(read, "src_epoch") or "")),
    ]
    return [(key, value) for key, value in told if value]


def _sourceless(kind: str, package: Package) -> tuple[str, str]:
    """The name and version to write where there is no source package.

    Drivers of apk families and of suppliers fall back to the package's own name; those of other
    families look for no name at all, and get one that no advisory has. To a supplier's driver a
    version that is none is like a missing one.
    """
    supplier = supplier_in(package.context)
    rebuilt = supplier == "Root.io" or (
        supplier == "Seal" and package.name.lower().startswith("seal-")
    )
    version = "-" if supplier and (rebuilt or kind == "apk") else "0"
    return (package.name if rebuilt or kind == "apk" else "-"), version


def _build(read: Mapping[str, object]) -> list[Property]:
    build = read.get("build")
    if not isinstance(build, Mapping):
        return []
    listed = build.get("content_sets")
    content_sets = [str(item) for item in listed] if isinstance(listed, list) else []
    nvr = text(build, "nvr")
    # Trivy forgets a build that names neither; one content set that does not exist keeps it.
    named = content_sets or ([] if nvr else ["-"])
    told = [("ContentSet", item) for item in named] + [("NVR", nvr), ("Arch", text(build, "arch"))]
    return [(key, value) for key, value in told if value]


def component(
    reference: str, name: str, version: str, purl: str, told: Sequence[Property]
) -> Component:
    """Write a component whose reference is its package id too, by which findings come back."""
    return {
        "bom-ref": reference,
        "type": "library",
        "name": name,
        "version": version,
        "purl": purl,
        "properties": properties([("PkgID", reference), *told]),
    }


def properties(told: Sequence[Property]) -> list[dict[str, str]]:
    """Write properties as Trivy names its own."""
    return [{"name": _PREFIX + key, "value": value} for key, value in told]


def encoded(value: str) -> str:
    """Percent-encode everything, letters too: no reader of purls finds anything to interpret."""
    return f"%{value.encode(errors='replace').hex('%')}" if value else ""


def text(source: Mapping[str, object], name: str) -> str:
    """Read a text of a package's attributes; "" where it has none."""
    value = source.get(name)
    return value if isinstance(value, str) else ""


def _number(source: Mapping[str, object], name: str) -> int:
    value = source.get(name)
    return value if isinstance(value, int) else 0
