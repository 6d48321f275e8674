"""Real Trivy on real images: a fleet matched at once, and what goes wrong with single images."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watcher.adapters.scanners.trivy import TrivyScanner
from watcher.demo.workshop import (
    MAVEN,
    NPM,
    PIP,
    READER,
    ApkPackage,
    DebianPackage,
    Image,
    Jar,
    JavaArtifact,
    LanguageAdvisory,
    NodePackage,
    OsAdvisory,
    Pusher,
    PythonPackage,
    Registry,
    VulnerabilityDetail,
    alpine_base,
    basic_auth,
    debian_base,
    distroless_base,
    dpkg_upgrade,
    java_database,
    java_layer,
    layer,
    node_layer,
    python_layer,
    trivy_database,
    ubuntu_base,
    wolfi_base,
)
from watcher.demo.workshop.locate import find_tool
from watcher.domain.errors import PermanentError, TransientError, UnauthorizedError
from watcher.domain.package import Catalogue, Finding, Package
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles

pytestmark = pytest.mark.servers

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PUBLISHED = datetime(2026, 2, 1, 6, tzinfo=UTC)

SSL = DebianPackage("libssl3", "3.0.11-1~deb12u2", "openssl")
SSL_FIXED = DebianPackage("libssl3", "3.0.14-1~deb12u2", "openssl")
ZLIB = DebianPackage("zlib1g", "1:1.2.13.dfsg-1", "zlib")
SYSTEMD = DebianPackage("libsystemd0", "252.22-1~deb12u1", "systemd", "252.21")
DOCKER = DebianPackage("openssl", "1.0", maintainer="Docker <support@docker.com>")
PLUS = DebianPackage("libstdc++6", "12.2.0-14+deb12u1", "gcc-12")

ADVISORIES: list[OsAdvisory | LanguageAdvisory] = [
    OsAdvisory("debian 12", "openssl", "CVE-2026-1", "3.0.14-1~deb12u1"),
    OsAdvisory("debian 12", "openssl", "CVE-2026-2", None, "will_not_fix", "LOW"),
    OsAdvisory("debian 12", "zlib", "CVE-2026-3", "1:1.2.13.dfsg-2"),
    OsAdvisory("debian 12", "systemd", "CVE-2026-4", "252.22"),
    OsAdvisory("debian 12", "gcc-12", "CVE-2026-5", "12.2.0-14+deb12u2"),
    OsAdvisory("debian 11", "openssl", "CVE-2026-1", "1.1.1w-0+deb11u2"),
    OsAdvisory("ubuntu 22.04", "openssl", "CVE-2026-1", "3.0.2-0ubuntu1.15"),
    OsAdvisory("ubuntu 22.04", "bash", "CVE-2026-6"),
    OsAdvisory("alpine 3.19", "busybox", "CVE-2026-7", "1.36.1-r16"),
    OsAdvisory("alpine edge", "busybox", "CVE-2026-8", "1.37.0-r1"),
    OsAdvisory("wolfi", "curl", "CVE-2026-9", "8.6.0-r0"),
    LanguageAdvisory(PIP, "django", "CVE-2026-10", (">=4.2, <4.2.11",), ("4.2.11",), ("GHSA-1",)),
    LanguageAdvisory(PIP, "zope-interface", "CVE-2026-11", ("<6",), ("6.0",)),
    LanguageAdvisory(NPM, "left-pad", "CVE-2026-12", ("<1.3.0",), ("1.3.0",)),
    LanguageAdvisory(NPM, "@acme/ui", "CVE-2026-13", ("<=2.0.0",)),
    LanguageAdvisory(MAVEN, "org.example:lib", "CVE-2026-14", ("<2.0",), ("2.0",)),
]
DETAILS = [
    VulnerabilityDetail(f"CVE-2026-{number}", f"Flaw {number}", "HIGH", {"nvd": "HIGH"}, PUBLISHED)
    # The last but one is known to no source: its severity is unknown.
    for number in range(1, 15)
    if number != 13
]

FLEET = {
    "debian": Image((debian_base("12.5", [SSL, ZLIB, SYSTEMD, DOCKER, PLUS]),)),
    "debian-older": Image((debian_base("12.4", [SSL_FIXED, ZLIB]), python_layer([]))),
    "debian-upgraded": Image(
        (
            debian_base("12.5", [SSL, ZLIB]),
            dpkg_upgrade([SSL, ZLIB], [SSL_FIXED]),
            python_layer(
                [PythonPackage("Django", "4.2.1"), PythonPackage("Zope_Interface", "5.0")]
            ),
        )
    ),
    "bullseye": Image(
        (debian_base("11.9", [DebianPackage("libssl1.1", "1.1.1w-0+deb11u1", "openssl")]),)
    ),
    "distroless": Image((distroless_base("12.5", [SSL, ZLIB]),)),
    "ubuntu": Image(
        (
            ubuntu_base(
                "22.04",
                [
                    DebianPackage("libssl3", "3.0.2-0ubuntu1.14", "openssl"),
                    DebianPackage("bash", "5.1-6ubuntu1"),
                ],
            ),
            node_layer([NodePackage("left-pad", "1.2.0"), NodePackage("@acme/ui", "2.0.0")]),
        )
    ),
    "alpine": Image(
        (alpine_base("3.19.1", [ApkPackage("busybox-binsh", "1.36.1-r15", "busybox")]),)
    ),
    "alpine-patch": Image((alpine_base("3.19.4", [ApkPackage("busybox", "1.36.1-r16")]),)),
    "alpine-edge": Image(
        (alpine_base("3.19.1", [ApkPackage("busybox", "1.36.1-r16")], repository="edge"),)
    ),
    "wolfi": Image((wolfi_base([ApkPackage("libcurl", "8.5.0-r0", "curl")]),)),
    "two-versions": Image(
        (
            python_layer([PythonPackage("Django", "4.2.1")]),
            python_layer([PythonPackage("django", "4.2.11")], folder="opt/new/site-packages"),
            node_layer([NodePackage("left-pad", "1.2.0")]),
            node_layer([NodePackage("left-pad", "1.3.0")], folder="opt/node_modules"),
        )
    ),
    "nothing": Image((layer({"hello": "world"}),)),
}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with Registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeFiles:
    database = trivy_database(ADVISORIES, DETAILS, updated_at=NOON)
    return KnowledgeFiles(database.unpack(tmp_path_factory.mktemp("knowledge")) / "db")


@pytest.fixture
def scanner(tmp_path: Path) -> TrivyScanner:
    return TrivyScanner(str(find_tool("trivy")), tmp_path / "state")


def access(registry: Registry, image: Image, repository: str = "app") -> PullAccess:
    with Pusher(registry.url) as pusher:
        pusher.push_image(repository, "latest", image)
    return PullAccess(f"{registry.host}/{repository}@{image.digest}", plain_http=True)


def documents(*catalogues: Catalogue) -> dict[str, list[Package]]:
    """Gather the distinct packages of some images by context."""
    found: dict[str, dict[Package, None]] = {}
    for catalogue in catalogues:
        for one in catalogue.occurrences:
            found.setdefault(one.package.context, {})[one.package] = None
    return {context: list(packages) for context, packages in found.items()}


def of_image(catalogue: Catalogue, findings: list[Finding]) -> set[Finding]:
    own = {(one.package.context, one.package.identity) for one in catalogue.occurrences}
    return {one for one in findings if (one.context, one.identity) in own}


def test_a_fleet_matched_at_once_has_the_findings_of_each_image_scanned_alone(
    registry: Registry, knowledge: KnowledgeFiles, scanner: TrivyScanner
) -> None:
    each = {
        name: scanner.catalog(access(registry, image), knowledge) for name, image in FLEET.items()
    }
    merged = documents(*each.values())
    assert set(merged) == {
        "debian 12",
        "debian 11",
        "ubuntu 22.04",
        "alpine 3.19",
        "alpine edge",
        "wolfi",
        "language",
    }
    before = scanner.runs
    derived = [
        one
        for context, packages in merged.items()
        for one in scanner.match(context, packages, knowledge)
    ]
    assert scanner.runs - before == len(merged)
    for name, catalogue in each.items():
        assert of_image(catalogue, derived) == set(catalogue.findings), name
    assert {one.vulnerability for one in derived} == {
        advisory.vulnerability for advisory in ADVISORIES if "maven" not in advisory.bucket
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "debian",
            {
                ("libssl3", "CVE-2026-1", "fixed", "HIGH"),
                ("libssl3", "CVE-2026-2", "will_not_fix", "LOW"),
                ("zlib1g", "CVE-2026-3", "fixed", "HIGH"),
                ("libsystemd0", "CVE-2026-4", "fixed", "HIGH"),
                ("libstdc++6", "CVE-2026-5", "fixed", "HIGH"),
            },
        ),
        (
            "debian-upgraded",
            {
                ("libssl3", "CVE-2026-2", "will_not_fix", "LOW"),
                ("zlib1g", "CVE-2026-3", "fixed", "HIGH"),
                ("Django", "CVE-2026-10", "fixed", "HIGH"),
                ("Zope_Interface", "CVE-2026-11", "fixed", "HIGH"),
            },
        ),
        (
            "ubuntu",
            {
                ("libssl3", "CVE-2026-1", "fixed", "HIGH"),
                ("bash", "CVE-2026-6", "affected", "HIGH"),
                ("left-pad", "CVE-2026-12", "fixed", "HIGH"),
                ("@acme/ui", "CVE-2026-13", "affected", "UNKNOWN"),
            },
        ),
        ("alpine", {("busybox-binsh", "CVE-2026-7", "fixed", "HIGH")}),
        ("alpine-edge", {("busybox", "CVE-2026-8", "fixed", "HIGH")}),
        ("nothing", set()),
    ],
)
def test_an_image_has_the_findings_worked_out_by_hand(
    name: str,
    expected: set[tuple[str, str, str, str]],
    registry: Registry,
    knowledge: KnowledgeFiles,
    scanner: TrivyScanner,
) -> None:
    catalogue = scanner.catalog(access(registry, FLEET[name]), knowledge)
    names = {one.package.identity: one.package.name for one in catalogue.occurrences}
    derived = [
        one
        for context, packages in documents(catalogue).items()
        for one in scanner.match(context, packages, knowledge)
    ]
    assert {
        (names[one.identity], one.vulnerability, one.status, one.severity) for one in derived
    } == expected


def test_a_package_that_moved_up_a_layer_is_known_by_the_layer_it_came_with(
    registry: Registry, knowledge: KnowledgeFiles, scanner: TrivyScanner
) -> None:
    image = FLEET["debian-upgraded"]
    catalogue = scanner.catalog(access(registry, image), knowledge)
    layers = {one.package.name: one.layer for one in catalogue.occurrences}
    base, upgrade, app = (one.diff_id for one in image.layers)
    assert layers == {"zlib1g": base, "libssl3": upgrade, "Django": app, "Zope_Interface": app}


def test_two_versions_of_a_package_keep_their_own_findings(
    registry: Registry, knowledge: KnowledgeFiles, scanner: TrivyScanner
) -> None:
    catalogue = scanner.catalog(access(registry, FLEET["two-versions"]), knowledge)
    versions = {
        one.package.identity: (one.package.name, one.package.version)
        for one in catalogue.occurrences
    }
    found = scanner.match("language", documents(catalogue)["language"], knowledge)
    assert {versions[one.identity] for one in found} == {("Django", "4.2.1"), ("left-pad", "1.2.0")}


def test_severity_title_dates_and_vendor_ids_come_along(
    registry: Registry, knowledge: KnowledgeFiles, scanner: TrivyScanner
) -> None:
    catalogue = scanner.catalog(access(registry, FLEET["debian-upgraded"]), knowledge)
    found = scanner.match("language", documents(catalogue)["language"], knowledge)
    (django,) = [one for one in found if one.vulnerability == "CVE-2026-10"]
    assert (django.severity, django.severity_source, django.title) == ("HIGH", "nvd", "Flaw 10")
    assert (django.published, django.vendor_ids) == (PUBLISHED, ("GHSA-1",))
    assert django.fixed_version == "4.2.11"


def test_a_finished_database_is_only_read(
    registry: Registry, knowledge: KnowledgeFiles, scanner: TrivyScanner
) -> None:
    def state() -> list[tuple[str, int, str]]:
        return [
            (path.name, path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
            for path in sorted(knowledge.db.iterdir())
        ]

    before = state()
    for path in knowledge.db.iterdir():
        path.chmod(0o444)
    catalogue = scanner.catalog(access(registry, FLEET["debian"]), knowledge)
    scanner.match("debian 12", documents(catalogue)["debian 12"], knowledge)
    scanner.check(knowledge)
    assert state() == before


def test_jars_are_told_by_the_java_database_and_matched_by_their_coordinates(
    registry: Registry, knowledge: KnowledgeFiles, scanner: TrivyScanner, tmp_path: Path
) -> None:
    jar = Jar("org.example", "lib", "1.0")
    known = JavaArtifact("org.example", "lib", "1.0", jar.sha1)
    java = java_database([known], updated_at=NOON).unpack(tmp_path) / "java-db"
    image = Image((debian_base("12.5", []), java_layer([jar])))
    catalogue = scanner.catalog(access(registry, image), KnowledgeFiles(knowledge.db, java))
    assert [one.package.name for one in catalogue.occurrences] == ["org.example:lib"]
    # The Java database belongs to the catalogue: a match needs none.
    found = scanner.match("language", documents(catalogue)["language"], knowledge)
    assert set(found) == set(catalogue.findings)
    assert [one.vulnerability for one in found] == ["CVE-2026-14"]


def test_jars_without_a_java_database_are_a_failed_catalogue_never_a_clean_image(
    registry: Registry, knowledge: KnowledgeFiles, scanner: TrivyScanner
) -> None:
    image = Image((debian_base("12.5", []), java_layer([Jar("org.example", "lib", "1.0")])))
    with pytest.raises(PermanentError, match=r"jars and no java_db is configured.*trivy\.java_db"):
        scanner.catalog(access(registry, image), knowledge)


def test_unknown_content_sets_fail_the_image(
    registry: Registry, knowledge: KnowledgeFiles, scanner: TrivyScanner
) -> None:
    component = {
        "type": "library",
        "name": "bash",
        "version": "5-1",
        "purl": "pkg:rpm/bash@5-1?arch=x86_64",
        "properties": [{"name": "aquasecurity:trivy:ContentSet", "value": "unheard-of"}],
    }
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]}
    files = {
        "etc/os-release": 'ID=rhel\nVERSION_ID="9.4"\n',
        "opt/packages.cdx.json": json.dumps(document),
    }
    with pytest.raises(PermanentError, match="content sets"):
        scanner.catalog(access(registry, Image((layer(files),))), knowledge)


def test_a_layer_that_cannot_be_read_fails_the_image(
    registry: Registry, knowledge: KnowledgeFiles, scanner: TrivyScanner
) -> None:
    image = Image((layer({"etc/broken": "once whole"}),))
    pulled = access(registry, image, "broken")
    hexadecimal = image.layers[0].digest.removeprefix("sha256:")
    (stored,) = registry.log.parent.rglob(f"{hexadecimal}/data")
    stored.write_bytes(b"rubbish")
    with pytest.raises(PermanentError, match="broken"):
        scanner.catalog(pulled, knowledge)


def test_an_artifact_is_no_image(
    registry: Registry, knowledge: KnowledgeFiles, scanner: TrivyScanner
) -> None:
    artifact = trivy_database([], [], updated_at=NOON).artifact()
    with Pusher(registry.url) as pusher:
        pusher.push_artifact("db", "2", artifact)
    with pytest.raises(PermanentError, match="unsupported artifact type"):
        scanner.catalog(
            PullAccess(f"{registry.host}/db@{artifact.digest}", plain_http=True), knowledge
        )


@pytest.mark.parametrize("password", [READER.password, None, "wrong"])
def test_credentials_are_needed_used_and_never_told(
    password: str | None, knowledge: KnowledgeFiles, scanner: TrivyScanner, tmp_path: Path
) -> None:
    image = FLEET["wolfi"]
    folder = tmp_path / "registry"
    with Registry(folder) as open_to_all:
        access(open_to_all, image)
    with Registry(folder, auth=basic_auth(tmp_path / "auth", READER)) as guarded:
        pulled = PullAccess(
            f"{guarded.host}/app@{image.digest}",
            plain_http=True,
            username=None if password is None else READER.username,
            password=password,
        )
        if password == READER.password:
            assert len(scanner.catalog(pulled, knowledge).occurrences) == 1
            return
        with pytest.raises(UnauthorizedError) as told:
            scanner.catalog(pulled, knowledge)
    assert "wrong" not in str(told.value)


def test_a_registry_that_is_down_is_tried_again_later(
    knowledge: KnowledgeFiles, scanner: TrivyScanner
) -> None:
    pulled = PullAccess(f"127.0.0.1:1/app@sha256:{'0' * 64}", plain_http=True)
    with pytest.raises(TransientError, match="connection refused"):
        scanner.catalog(pulled, knowledge)


@pytest.mark.parametrize("damage", ["cut off", "garbled", "empty", "missing", "another schema"])
def test_a_damaged_database_is_refused_in_one_line(
    damage: str, knowledge: KnowledgeFiles, scanner: TrivyScanner, tmp_path: Path
) -> None:
    whole = (knowledge.db / "trivy.db").read_bytes()
    contents = {
        "cut off": whole[: len(whole) // 2],
        "garbled": whole[:8192] + b"\xff" * (len(whole) - 8192),
        "empty": b"",
        "another schema": whole,
    }
    if damage in contents:
        (tmp_path / "trivy.db").write_bytes(contents[damage])
    schema = 1 if damage == "another schema" else 2
    (tmp_path / "metadata.json").write_text(json.dumps({"Version": schema}))
    with pytest.raises(PermanentError) as told:
        scanner.check(KnowledgeFiles(tmp_path))
    assert len(str(told.value).splitlines()) == 1
    assert "database" in str(told.value)


def test_the_real_trivy_tells_its_version(scanner: TrivyScanner) -> None:
    assert tuple(map(int, scanner.version.split(".")[:2])) >= (0, 74)
