"""Kinds of OS as images and databases: random packages, and advisories for all of them.

The images of one kind differ in patch release, packages, versions, epochs, architectures, sources
and vendors. `sbom` kinds list their packages in an SBOM inside the image, which can say more than a
package database: a build for each package.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path

from tests.integration.kinds import rpm_database
from tests.integration.kinds.rpm_database import RpmPackage
from watcher.demo.workshop import Image, Layer, layer
from watcher.demo.workshop.bolt import Tree, bolt_file
from watcher.demo.workshop.database import metadata_bytes
from watcher.ports.scanner import KnowledgeFiles

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = [f"pkg{number}" for number in range(12)]
FIXED = ["1.1-1", "1.3-2", "1:1.0-1", "2.0~rc1-1", ""]
CONTENT_SETS = {"rhel-9-for-x86_64-baseos-rpms": 1, "rhel-9-for-x86_64-appstream-rpms": 2}


@dataclass(frozen=True, slots=True)
class Kind:
    """An OS: how its images name it, what context they share, where its advisories stand."""

    identifier: str
    versions: tuple[str, ...]
    context: str
    bucket: str
    lists: str = "rpm"
    advisories: str = "plain"
    files: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.context} {self.lists}"


KINDS = [
    Kind("debian", ("12.4", "12.5", "12"), "debian 12", "debian 12", "deb", "status"),
    Kind("debian", ("12.4", "12.5"), "debian 12", "debian 12", "distroless", "status"),
    Kind("debian", ("12.5", "12.1"), "debian 12", "debian 12", "layers", "status"),
    Kind("debian", ("12.5", "12.1"), "debian 12", "debian 12", "listed debs", "status"),
    Kind("debian", ("trixie/sid",), "debian trixie%2Fsid", "debian trixie/sid", "deb", "status"),
    Kind("debian", ("7.11",), "debian 7", "debian 7", "deb", "status"),
    Kind("ubuntu", ("22.04",), "ubuntu 22.04", "ubuntu 22.04", "deb", "status"),
    Kind(
        "ubuntu",
        ("18.04",),
        "ubuntu 18.04-ESM",
        "ubuntu 18.04-ESM",
        "deb",
        "status",
        (
            (
                "var/lib/ubuntu-advantage/status.json",
                '{"services": [{"name": "esm-infra", "status": "enabled"}]}',
            ),
        ),
    ),
    Kind("echo", ("1",), "echo", "echo", "deb", "status"),
    Kind("alpine", ("3.19.1", "3.19.4"), "alpine 3.19", "alpine 3.19", "apk"),
    Kind(
        "alpine",
        ("3.19.1", "3.20.0"),
        "alpine edge",
        "alpine edge",
        "apk",
        files=(("etc/apk/repositories", "https://mirror.example.org/alpine/edge/main\n"),),
    ),
    Kind("wolfi", ("20230201", "20250101"), "wolfi", "wolfi", "apk"),
    Kind("chainguard", ("20230201",), "chainguard", "chainguard", "apk"),
    Kind("minimos", ("20230201",), "minimos", "minimos", "apk"),
    Kind("rocky", ("9.3", "9.4"), "rocky 9", "rocky 9", advisories="entries"),
    Kind("almalinux", ("9.3", "9.4"), "alma 9", "alma 9"),
    Kind("ol", ("8.9", "8.10"), "oracle 8", "Oracle Linux 8", advisories="entries"),
    Kind("rhel", ("9.3", "9.4"), "redhat 9", "Red Hat", "sbom", "red hat"),
    Kind(
        "rhel",
        ("9.3", "9.4"),
        "redhat 9",
        "Red Hat",
        advisories="red hat",
        files=(
            (
                "usr/share/buildinfo/ubi9-container-9.4-1.json",
                '{"content_sets": ["rhel-9-for-x86_64-appstream-rpms"]}',
            ),
        ),
    ),
    Kind("rhel", ("8.9", "8.10"), "redhat 8", "Red Hat", advisories="red hat"),
    Kind("rhel", ("7.8", "7.9"), "redhat 7", "Red Hat", advisories="red hat"),
    Kind("centos", ("8.4", "8"), "centos 8", "Red Hat", advisories="red hat"),
    Kind("centos", ("7", "7.9"), "centos 7", "Red Hat", advisories="red hat"),
    Kind(
        "amzn",
        ("release 2023.3.20240117 (Amazon Linux)", "release 2023 (Amazon Linux)"),
        "amazon 2023",
        "amazon linux 2023",
    ),
    Kind("amzn", ("AMI release 2018.03",), "amazon 1", "amazon linux 1"),
    Kind("amzn", ("release 2 (Karoo)",), "amazon 2", "amazon linux 2"),
    Kind("photon", ("4.0",), "photon 4.0", "Photon OS 4.0"),
    Kind("sles", ("15.5",), "sles 15.5", "SUSE Linux Enterprise 15.5"),
    Kind("sle-micro", ("5.3",), "slem 5.3", "SUSE Linux Enterprise Micro 5.3"),
    Kind("opensuse-leap", ("15.5",), "opensuse-leap 15.5", "openSUSE Leap 15.5"),
    Kind("opensuse-tumbleweed", ("20250101", "2"), "opensuse-tumbleweed", "openSUSE Tumbleweed"),
    Kind("mariner", ("2.0.20240117", "2.0"), "cbl-mariner 2.0", "CBL-Mariner 2.0"),
    Kind("azurelinux", ("3.0.20240824", "3.0"), "azurelinux 3.0", "Azure Linux 3.0"),
    Kind("bottlerocket", ("1.19.0", "1.20.1"), "bottlerocket", "bottlerocket"),
]


def advisory(kind: Kind, fixed: str) -> dict[str, object]:
    """Write one advisory the way the kind's source does."""
    plain: dict[str, object] = {"FixedVersion": fixed} if fixed else {"Status": 5, "Severity": 1}
    if kind.advisories == "entries":
        arches = {"1.3-2": ["aarch64"]}.get(fixed, ["x86_64", "noarch"])
        return {"Entries": [{"FixedVersion": fixed or "9-9", "Arches": arches, "Severity": 3}]}
    if kind.advisories == "red hat":
        told = {"Affected": [1] if fixed != "1.1-1" else [2], "Cves": [{"Severity": 2}]}
        narrowed = {"Arches": ["x86_64"]} if fixed == "1.3-2" else {}
        return {"Entries": [{**told, **narrowed, **plain}]}
    if kind.lists == "apk":
        return {"FixedVersion": {"": "9.9-r9"}.get(fixed, fixed.partition(":")[2] or "1.2-r1")}
    return plain if kind.advisories == "status" else {"FixedVersion": fixed or "9-9"}


def database(folder: Path, kind: Kind) -> KnowledgeFiles:
    """Make a database with advisories for all names; the cap on ids makes packages share some."""
    names = [*NAMES, *(f"stream:1::{name}" for name in NAMES)]
    bucket = {
        name: {
            f"CVE-2024-{100 * number + place}": json.dumps(advisory(kind, fixed)).encode()
            for place, fixed in enumerate(FIXED)
        }
        for number, name in enumerate(names)
    }
    source = json.dumps({"ID": kind.identifier, "Name": kind.identifier, "URL": ""}).encode()
    tree: Tree = {
        kind.bucket: bucket,
        "data-source": {kind.bucket: source},
        "vulnerability": {
            identifier: json.dumps(
                {"Title": identifier, "Severity": "HIGH", "VendorSeverity": {"nvd": 3}}
            ).encode()
            for advisories in bucket.values()
            for identifier in advisories
        },
        "Red Hat CPE": {
            "repository": {name: f"[{index}]".encode() for name, index in CONTENT_SETS.items()}
            | {"rhel-8-for-x86_64-baseos-rpms": b"[1]", "rhel-7-server-rpms": b"[1]"},
            "nvr": {"ubi9-container-9.4-1-x86_64": b"[2]"},
        },
    }
    folder.mkdir()
    (folder / "trivy.db").write_bytes(bolt_file(tree))
    (folder / "metadata.json").write_bytes(metadata_bytes(2, NOON, NOON))
    return KnowledgeFiles(folder)


def image(kind: Kind, version: str, chance: random.Random) -> Image:
    """Make an image of that kind with a dozen random packages."""
    name = kind.identifier
    files = {
        "etc/os-release": f'ID={name}\nVERSION_ID="{version}"\nNAME="{name}"\n',
        **dict(kind.files),
    }
    if kind.identifier == "debian":
        files["etc/debian_version"] = version + "\n"
    if kind.identifier == "ubuntu":
        files["etc/lsb-release"] = f"DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE={version}\n"
    if kind.identifier == "alpine":
        files["etc/alpine-release"] = version + "\n"
    if kind.identifier == "amzn":
        files["etc/system-release"] = f"Amazon Linux {version}\n"
    packages = packages_layer(kind, chance)
    if kind.lists == "layers":
        # An upgrade on top: dpkg's list is written anew, with most of what was there before.
        return Image((layer(files), packages, packages_layer(kind, chance)))
    return Image((layer(files), packages))


def packages_layer(kind: Kind, chance: random.Random) -> Layer:
    if kind.lists in ("deb", "layers"):
        return layer({"var/lib/dpkg/status": "\n".join(dpkg(name, chance) for name in NAMES)})
    if kind.lists == "distroless":
        folder = "var/lib/dpkg/status.d"
        return layer({f"{folder}/{name}": dpkg(name, chance) for name in NAMES})
    if kind.lists == "listed debs":
        return listing([deb(name, chance) for name in NAMES])
    if kind.lists == "apk":
        return layer({"lib/apk/db/installed": "\n".join(apk(name, chance) for name in NAMES)})
    if kind.lists == "rpm":
        return layer(
            {rpm_database.PATH: rpm_database.rpm_database(map(rpm, NAMES * 2, repeat(chance)))}
        )
    return listing([component(name, number, chance) for number, name in enumerate(NAMES * 2)])


def listing(components: Sequence[Mapping[str, object]]) -> Layer:
    """List packages as an SBOM inside the image."""
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components}
    return layer({"opt/packages.cdx.json": json.dumps(document)})


def version_of(chance: random.Random) -> str:
    return f"{chance.choice(['1.0', '1.2', '1.3', '2.0~rc1', '2.0+b1'])}-{chance.randint(1, 3)}"


def dpkg(name: str, chance: random.Random) -> str:
    epoch = chance.choice(["", "", "1:"])
    source = chance.choice(
        ["", f"Source: {chance.choice(NAMES)}\n", f"Source: {name} ({version_of(chance)})\n"]
    )
    maintainer = chance.choice(["Debian <a@debian.org>", "Docker <support@docker.com>"])
    return (
        f"Package: {name}\nStatus: install ok installed\nMaintainer: {maintainer}\n"
        f"Architecture: {chance.choice(['amd64', 'arm64'])}\n{source}"
        f"Version: {epoch}{version_of(chance)}\n"
    )


def deb(name: str, chance: random.Random) -> dict[str, object]:
    """A package of Debian as an SBOM inside the image lists it."""
    version = version_of(chance)
    told = {"SrcName": chance.choice(NAMES), "SrcVersion": "1.2", "SrcRelease": "1"}
    return {
        "bom-ref": name,
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:deb/debian/{name}@{version.replace('+', '%2B')}?arch=amd64",
        "properties": [
            {"name": f"aquasecurity:trivy:{key}", "value": value} for key, value in told.items()
        ],
    }


def apk(name: str, chance: random.Random) -> str:
    version = f"{chance.choice(['1.0', '1.2', '1.3_rc1', '2.0a'])}-r{chance.randint(0, 3)}"
    origin = chance.choice(["", f"o:{name}\n", f"o:{chance.choice(NAMES)}\n"])
    return f"P:{name}\nV:{version}\nA:x86_64\n{origin}"


def rpm(name: str, chance: random.Random) -> RpmPackage:
    version, _, release = version_of(chance).partition("-")
    source = f"{chance.choice(NAMES)}-{chance.choice(['1.0', '1.2', '1.3'])}-1.src.rpm"
    return RpmPackage(
        name,
        version,
        release,
        chance.choice(["x86_64", "aarch64", "noarch"]),
        chance.choice([0, 0, 1]),
        chance.choice([source, source, ""]),
        chance.choice(["", "", "stream:1:2030:abc"]),
        chance.choice(["Red Hat, Inc.", "Rocky Enterprise", "VMware, Inc.", "Docker"]),
    )


def component(name: str, number: int, chance: random.Random) -> dict[str, object]:
    arch = chance.choice(["x86_64", "aarch64", "noarch"])
    version = version_of(chance)
    epoch = chance.choice(["", "", "&epoch=1"])
    source = chance.choice(NAMES)
    told = {
        "PkgID": f"{name}@{version}{epoch}.{arch}.{number}",
        "SrcName": source,
        "SrcVersion": chance.choice(["1.0", "1.2", "1.3"]),
        "SrcRelease": "1",
        "SrcEpoch": chance.choice(["0", "1"]),
        "Modularitylabel": chance.choice(["", "", "stream:1:2030:abc"]),
        **build(chance),
    }
    properties = [
        {"name": f"aquasecurity:trivy:{key}", "value": value} for key, value in told.items()
    ]
    return {
        "bom-ref": str(number),
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:rpm/{name}@{version.replace('+', '%2B')}?arch={arch}{epoch}",
        "properties": [one for one in properties if one["value"]],
    }


def build(chance: random.Random) -> Mapping[str, str]:
    return chance.choice(
        [
            {},
            {"ContentSet": chance.choice(list(CONTENT_SETS))},
            {"NVR": "ubi9-container-9.4-1", "Arch": "x86_64"},
        ]
    )
