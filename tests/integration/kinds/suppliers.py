"""Images of suppliers that rebuild an OS's packages, beside the packages of the OS itself."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

from tests.integration.kinds import rpm_database, systems
from tests.integration.kinds.rpm_database import RpmPackage
from tests.integration.kinds.systems import FIXED, NAMES, NOON, Kind
from watcher.demo.workshop import Image, Layer, layer
from watcher.demo.workshop.bolt import Tree, bolt_file
from watcher.demo.workshop.database import metadata_bytes
from watcher.ports.scanner import KnowledgeFiles


@dataclass(frozen=True, slots=True)
class Supplied:
    """A supplier over a kind of OS; `bucket` is where its own advisories stand."""

    supplier: str
    kind: Kind
    bucket: str

    def __str__(self) -> str:
        return f"{self.supplier} {self.kind.context}"


def _kind(
    identifier: str,
    version: str,
    context: str,
    lists: str,
    advisories: str = "plain",
    bucket: str = "",
) -> Kind:
    return Kind(identifier, (version,), context, bucket or context, lists, advisories)


_DEBIAN = _kind("debian", "12.5", "debian 12", "deb", advisories="status")
_UBUNTU = _kind("ubuntu", "22.04", "ubuntu 22.04", "deb", advisories="status")
_ALPINE = _kind("alpine", "3.19.1", "alpine 3.19", "apk")
_ORACLE = _kind("ol", "8.9", "oracle 8", "rpm", bucket="Oracle Linux 8", advisories="entries")
_CENTOS = _kind("centos", "8", "centos 8", "rpm", bucket="Red Hat", advisories="red hat")
_MARINER = _kind("mariner", "2.0", "cbl-mariner 2.0", "rpm", bucket="CBL-Mariner 2.0")

SUPPLIED = [
    Supplied("Root.io", _DEBIAN, "root.io debian 12"),
    Supplied("Root.io", _UBUNTU, "root.io ubuntu 22.04"),
    Supplied("Root.io", _ALPINE, "root.io alpine 3.19"),
    Supplied("Seal", _DEBIAN, "seal debian"),
    Supplied("Seal", _UBUNTU, "seal debian"),
    Supplied("Seal", _ALPINE, "seal alpine"),
    Supplied("Seal", _ORACLE, "seal Red Hat 8"),
    Supplied("Seal", _CENTOS, "seal Red Hat 8"),
    Supplied("Seal", _MARINER, "seal Red Hat 8"),
]


def database(folder: Path, one: Supplied) -> KnowledgeFiles:
    """Advisories of the OS for all names, and of the supplier for some, which say otherwise."""
    own = {
        name: {
            f"CVE-2024-{100 * number + place}": _written(systems.advisory(one.kind, fixed))
            for place, fixed in enumerate(FIXED)
        }
        for number, name in enumerate(NAMES)
    }
    prefix = "seal-" if one.supplier == "Seal" else ""
    below = "1.2-r3" if one.kind.lists == "apk" else "1.3-2"
    theirs = {
        f"{prefix}{name}": {
            f"CVE-2024-{100 * number}": _written(
                {"VulnerableVersions": [f"<{below}"], "PatchedVersions": [below]}
            ),
            f"CVE-2025-{number}": _written(
                {"VulnerableVersions": ["<9-r9"], "PatchedVersions": ["9-r9"]}
            ),
        }
        for number, name in enumerate(NAMES[::2])
    }
    named = {key for group in (own, theirs) for found in group.values() for key in found}
    source = {"ID": one.supplier.lower(), "Name": one.supplier, "BaseID": one.kind.identifier}
    tree: Tree = {
        one.kind.bucket: own,
        one.bucket: theirs,
        "data-source": {one.kind.bucket: _written({"ID": "os"}), one.bucket: _written(source)},
        "vulnerability": {
            key: _written({"Title": key, "Severity": "HIGH", "VendorSeverity": {"nvd": 3}})
            for key in named
        },
        "Red Hat CPE": {"repository": {"rhel-8-for-x86_64-baseos-rpms": b"[1]"}},
    }
    folder.mkdir()
    (folder / "trivy.db").write_bytes(bolt_file(tree))
    (folder / "metadata.json").write_bytes(metadata_bytes(2, NOON, NOON))
    return KnowledgeFiles(folder)


def _written(value: object) -> bytes:
    return json.dumps(value).encode()


def image(one: Supplied, seed: int) -> Image:
    """An image in which some packages are rebuilt, and some of those come from elsewhere."""
    chance = random.Random(f"{one} {seed}")  # noqa: S311 - the same images every time
    release = systems.image(one.kind, one.kind.versions[0], chance).layers[0]
    return Image((release, _packages(one, chance)))


def _packages(one: Supplied, chance: random.Random) -> Layer:
    if one.kind.lists == "apk":
        return layer({"lib/apk/db/installed": "\n".join(_apk(one, n, chance) for n in NAMES)})
    if one.kind.lists == "rpm":
        listed = (_rpm(one, name, chance) for name in NAMES)
        return layer({rpm_database.PATH: rpm_database.rpm_database(listed)})
    return layer({"var/lib/dpkg/status": "\n".join(_dpkg(one, n, chance) for n in NAMES)})


def _renamed(one: Supplied, name: str, chance: random.Random) -> tuple[str, str, bool]:
    """The name and the source of a package, and whether the supplier rebuilt it."""
    rebuilt = name == NAMES[0] or chance.random() < 0.5
    source = chance.choice([name, chance.choice(NAMES)])
    if not (rebuilt and one.supplier == "Seal"):
        return name, source, rebuilt
    return chance.choice([f"seal-{name}", name]), f"seal-{source}", True


def _dpkg(one: Supplied, name: str, chance: random.Random) -> str:
    shown, source, rebuilt = _renamed(one, name, chance)
    mark = ".root.io.1" if rebuilt and one.supplier == "Root.io" else ""
    maintainer = chance.choice(["Debian <a@debian.org>", "Docker <support@docker.com>"])
    return (
        f"Package: {shown}\nStatus: install ok installed\nMaintainer: {maintainer}\n"
        f"Architecture: amd64\nSource: {source}\n"
        f"Version: {systems.version_of(chance)}{mark}\n"
    )


def _apk(one: Supplied, name: str, chance: random.Random) -> str:
    shown, source, rebuilt = _renamed(one, name, chance)
    revision = "10071" if rebuilt and one.supplier == "Root.io" else str(chance.randint(0, 3))
    version = f"{chance.choice(['1.0', '1.2', '1.3_rc1', '2.0a'])}-r{revision}"
    return f"P:{shown}\nV:{version}\nA:x86_64\no:{source}\n"


def _rpm(one: Supplied, name: str, chance: random.Random) -> RpmPackage:
    shown, source, rebuilt = _renamed(one, name, chance)
    version, _, release = systems.version_of(chance).partition("-")
    tail = chance.choice([".el8+sp1", ".el8_4"]) if rebuilt else ".el8"
    return RpmPackage(
        shown,
        version,
        release + tail,
        source=f"{source}-{version}-{release}{tail}.src.rpm",
        vendor=chance.choice(["Red Hat, Inc.", "VMware, Inc.", "Docker"]),
    )
