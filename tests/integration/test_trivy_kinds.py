"""Every kind of OS that Trivy knows: the fleet's one match equals each image's own scan.

The images of one kind differ in patch release, packages, versions, epochs, architectures, sources
and vendors; their packages are merged into one document. `sbom` kinds list their packages in an
SBOM inside the image, which can say more than a package database: a build for each package.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path

import pytest

from tests.integration import rpm_database
from tests.integration.rpm_database import RpmPackage
from watcher.adapters.scanners.trivy import TrivyScanner
from watcher.demo.workshop import Image, Layer, Pusher, Registry, layer
from watcher.demo.workshop.bolt import Tree, bolt_file
from watcher.demo.workshop.database import metadata_bytes
from watcher.demo.workshop.locate import find_tool
from watcher.domain.package import Catalogue, Package
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles

pytestmark = pytest.mark.servers

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


KINDS = [
    Kind("debian", ("12.4", "12.5", "12"), "debian 12", "debian 12", "deb", "status"),
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
    Kind("centos", ("8.4", "8"), "centos 8", "Red Hat", advisories="red hat"),
    Kind(
        "amzn",
        ("release 2023.3.20240117 (Amazon Linux)", "release 2023 (Amazon Linux)"),
        "amazon 2023",
        "amazon linux 2023",
    ),
    Kind("amzn", ("AMI release 2018.03",), "amazon 1", "amazon linux 1"),
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
            | {"rhel-8-for-x86_64-baseos-rpms": b"[1]"},
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
    return Image((layer(files), packages_layer(kind, chance)))


def packages_layer(kind: Kind, chance: random.Random) -> Layer:
    if kind.lists == "deb":
        return layer({"var/lib/dpkg/status": "\n".join(dpkg(name, chance) for name in NAMES)})
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


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with Registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


def catalogues(
    scanner: TrivyScanner, registry: Registry, kind: Kind, knowledge: KnowledgeFiles
) -> Sequence[Catalogue]:
    """Catalogue four images of a kind."""
    chance = random.Random(kind.context)  # noqa: S311 - the same images every time
    found = []
    with Pusher(registry.url) as pusher:
        for number in range(4):
            made = image(kind, kind.versions[number % len(kind.versions)], chance)
            pusher.push_image("kinds", f"{kind.identifier}-{number}", made)
            access = PullAccess(f"{registry.host}/kinds@{made.digest}", plain_http=True)
            found.append(scanner.catalog(access, knowledge))
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.context} {kind.lists}")
def test_one_match_for_all_images_of_a_kind_equals_the_scan_of_each(
    kind: Kind, registry: Registry, tmp_path: Path
) -> None:
    scanner = TrivyScanner(str(find_tool("trivy")), tmp_path)
    knowledge = database(tmp_path / "db", kind)
    each = catalogues(scanner, registry, kind, knowledge)
    documents: dict[str, dict[Package, None]] = {}
    for catalogue in each:
        for one in catalogue.occurrences:
            documents.setdefault(one.package.context, {})[one.package] = None
    assert {context.partition(" (")[0] for context in documents} == {kind.context}
    derived = [
        finding
        for context, packages in documents.items()
        for finding in scanner.match(context, list(packages), knowledge)
    ]
    assert sum(len(catalogue.findings) for catalogue in each) > 10
    for catalogue in each:
        own = {(one.package.context, one.package.identity) for one in catalogue.occurrences}
        expected = {one for one in derived if (one.context, one.identity) in own}
        assert expected == set(catalogue.findings)


def test_azure_packages_of_one_name_and_version_are_matched_apart(
    registry: Registry, tmp_path: Path
) -> None:
    scanner = TrivyScanner(str(find_tool("trivy")), tmp_path)
    kind = next(kind for kind in KINDS if kind.identifier == "azurelinux")
    knowledge = database(tmp_path / "db", kind)
    each = []
    with Pusher(registry.url) as pusher:
        for source_version in ("1.0", "1.2", "2.0"):
            package = {
                "type": "library",
                "name": "pkg0",
                "version": "1.0-1",
                "purl": "pkg:rpm/pkg0@1.0-1",
                "properties": [
                    {"name": "aquasecurity:trivy:SrcName", "value": "pkg1"},
                    {"name": "aquasecurity:trivy:SrcVersion", "value": source_version},
                ],
            }
            release = layer({"etc/os-release": 'ID=azurelinux\nVERSION_ID="3.0"\n'})
            made = Image((release, listing([package])))
            pusher.push_image("kinds", f"azure-{source_version}", made)
            access = PullAccess(f"{registry.host}/kinds@{made.digest}", plain_http=True)
            each.append(scanner.catalog(access, knowledge))
    packages = [one.package for catalogue in each for one in catalogue.occurrences]
    own = [finding for catalogue in each for finding in catalogue.findings]
    assert len({(one.name, one.version) for one in packages}) == 1
    assert len({one.identity for one in packages}) == 3
    assert sorted(map(str, scanner.match("azurelinux 3.0", packages, knowledge))) == sorted(
        map(str, own)
    )
    assert scanner.runs == 6


LANGUAGES = {
    "python-pkg": ("pip::GitHub Security Advisory pip", "Django", "pkg:pypi/django"),
    "poetry": ("pip::GitHub Security Advisory pip", "Jinja2", "pkg:pypi/jinja2"),
    "node-pkg": ("npm::GitHub Security Advisory npm", "@Acme/ui", "pkg:npm/%40acme/ui"),
    "yarn": ("npm::GitHub Security Advisory npm", "left-pad", "pkg:npm/left-pad"),
    "jar": ("maven::GitHub Security Advisory Maven", "org.x:lib", "pkg:maven/org.x/lib"),
    "gobinary": (
        "go::GitHub Security Advisory Go",
        "example.org/A/b",
        "pkg:golang/example.org/A/b",
    ),
    "gomod": ("go::GitHub Security Advisory Go", "stdlib", "pkg:golang/stdlib"),
    "rustbinary": ("cargo::Open Source Vulnerability", "serde", "pkg:cargo/serde"),
    "gemspec": ("rubygems::GitHub Security Advisory RubyGems", "rails", "pkg:gem/rails"),
    "composer-vendor": ("composer::GitHub Security Advisory Composer", "a/b", "pkg:composer/a/b"),
    "dotnet-core": ("nuget::GitHub Security Advisory NuGet", "Newtonsoft.Json", "pkg:nuget/N.J"),
    "nuget": ("nuget::GitHub Security Advisory NuGet", "Serilog", "pkg:nuget/Serilog"),
    "bitnami": ("bitnami::Bitnami Vulnerability Database", "redis", "pkg:bitnami/redis"),
    "hex": ("erlang::GitHub Security Advisory Erlang", "phoenix", "pkg:hex/phoenix"),
    "conan": ("conan::GitLab Advisory Database Community", "zlib", "pkg:conan/zlib"),
    "swift": ("swift::GitHub Security Advisory Swift", "example.org/s", "pkg:swift/example.org/s"),
    "conda-pkg": ("", "openssl", "pkg:conda/openssl"),
}
# The sources of these ecosystems file their advisories under lower-case names.
LOWER_CASE = ("pip::", "npm::", "nuget::")


def language_database(folder: Path) -> KnowledgeFiles:
    """Make a database in which every package below 2 has a flaw of its own."""
    tree: dict[str, dict[str, dict[str, bytes]]] = {}
    for number, (bucket, name, _) in enumerate(LANGUAGES.values()):
        advisory = {"VulnerableVersions": ["<2"], "PatchedVersions": ["2"]}
        of_bucket = tree.setdefault(bucket or "unused::x", {})
        of_bucket[name.lower() if bucket.startswith(LOWER_CASE) else name] = {
            f"CVE-2024-{number}": json.dumps(advisory).encode()
        }
    source = json.dumps({"ID": "ghsa", "Name": "x", "URL": ""}).encode()
    folder.mkdir()
    (folder / "trivy.db").write_bytes(
        bolt_file({**tree, "data-source": dict.fromkeys(tree, source), "vulnerability": {}})
    )
    (folder / "metadata.json").write_bytes(metadata_bytes(2, NOON, NOON))
    return KnowledgeFiles(folder)


def language_image(version: str, kinds: Sequence[str]) -> Image:
    """Make an image whose SBOM lists one package of each type."""
    components: list[Mapping[str, object]] = []
    dependencies = []
    for kind in kinds:
        _, name, purl = LANGUAGES[kind]
        kind_property = {"name": "aquasecurity:trivy:Type", "value": kind}
        components += [
            {
                "bom-ref": f"app {kind}",
                "type": "application",
                "name": kind,
                "properties": [kind_property],
            },
            {
                "bom-ref": kind,
                "type": "library",
                "name": name,
                "version": version,
                "purl": f"{purl}@{version}",
            },
        ]
        dependencies.append({"ref": f"app {kind}", "dependsOn": [kind]})
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "components": components,
        "dependencies": dependencies,
    }
    return Image((layer({"opt/app.cdx.json": json.dumps(document)}),))


def test_one_match_for_all_languages_equals_the_scan_of_each_image(
    registry: Registry, tmp_path: Path
) -> None:
    scanner = TrivyScanner(str(find_tool("trivy")), tmp_path)
    knowledge = language_database(tmp_path / "db")
    kinds = list(LANGUAGES)
    each = []
    with Pusher(registry.url) as pusher:
        for version, some in (("1.0.0", kinds), ("1.9.9+a", kinds[::2]), ("2.0.0", kinds[1::2])):
            made = language_image(version, some)
            pusher.push_image("languages", "latest", made)
            access = PullAccess(f"{registry.host}/languages@{made.digest}", plain_http=True)
            each.append(scanner.catalog(access, knowledge))
    packages = {one.package: None for catalogue in each for one in catalogue.occurrences}
    derived = scanner.match("language", list(packages), knowledge)
    for catalogue in each:
        own = {one.package.identity for one in catalogue.occurrences}
        assert {one for one in derived if one.identity in own} == set(catalogue.findings)
    assert {one.vulnerability for one in derived} == {
        f"CVE-2024-{number}" for number, kind in enumerate(kinds) if kind != "conda-pkg"
    }
