"""What the workshop makes, seen by the real Trivy and the real registry."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from watcher.demo.workshop import (
    NPM,
    PIP,
    READER,
    Advisory,
    ApkPackage,
    DebianPackage,
    Image,
    Index,
    Jar,
    JavaArtifact,
    Job,
    LanguageAdvisory,
    NodePackage,
    OsAdvisory,
    Pusher,
    PythonPackage,
    Registry,
    TokenServer,
    VulnerabilityDetail,
    WorkshopError,
    alpine_base,
    apk_upgrade,
    basic_auth,
    built_on,
    debian_base,
    distroless_base,
    dpkg_upgrade,
    java_database,
    java_layer,
    layer,
    node_layer,
    push_all,
    python_layer,
    trivy_database,
    ubuntu_base,
    wolfi_base,
)
from watcher.demo.workshop.locate import find_tool
from watcher.demo.workshop.wire import Wire

pytestmark = pytest.mark.servers

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
PUBLISHED = datetime(2024, 3, 1, 8, 30, tzinfo=UTC)

OPENSSL = DebianPackage("openssl", "3.0.11-1~deb12u2")
LIBSSL = DebianPackage("libssl3", "3.0.11-1~deb12u2", source="openssl")
ZLIB = DebianPackage("zlib1g", "1:1.2.13.dfsg-1", source="zlib")
APK_SSL = ApkPackage("libssl3", "3.1.4-r5", origin="openssl")
JAR = Jar("org.acme", "parser", "1.4.0")

DEBIAN = Image([debian_base("12.5", [OPENSSL, LIBSSL, ZLIB])], created=NOON)
IMAGES = {
    "debian-12": DEBIAN,
    "debian-11": Image([debian_base("11.9", [OPENSSL])], created=NOON, format="docker"),
    "distroless": Image([distroless_base("12.5", [LIBSSL])], created=NOON),
    "ubuntu": Image([ubuntu_base("22.04", [LIBSSL, ZLIB])], created=NOON),
    "alpine-3.19": Image([alpine_base("3.19.1", [APK_SSL])], created=NOON),
    "alpine-3.20": Image([alpine_base("3.20.0", [APK_SSL])], created=NOON),
    "alpine-mixed": Image([alpine_base("3.19.1", [APK_SSL], repository="3.20")], created=NOON),
    "wolfi": Image([wolfi_base([APK_SSL])], created=NOON),
    "python": built_on(DEBIAN, [python_layer([PythonPackage("Django", "4.2.1")])], created=NOON),
    "node": Image([node_layer([NodePackage("@acme/tar", "6.1.0"), NodePackage("ms", "2.0.0")])]),
    "upgraded": built_on(
        DEBIAN,
        [dpkg_upgrade([OPENSSL, LIBSSL, ZLIB], [DebianPackage("openssl", "3.0.13-1~deb12u1")])],
        created=NOON,
        base_name="local/base/debian:12",
        labels={"team": "shop"},
    ),
    "apk-upgraded": Image(
        [
            alpine_base("3.19.1", [APK_SSL]),
            apk_upgrade([APK_SSL], [ApkPackage("libssl3", "3.1.5-r0", origin="openssl")]),
        ]
    ),
    "removed": Image(
        [
            node_layer([NodePackage("@acme/tar", "6.1.0"), NodePackage("ms", "2.0.0")]),
            layer({}, removed=["usr/src/app/node_modules/ms"]),
        ]
    ),
    "java": Image([java_layer([JAR])]),
}
ADVISORIES: list[Advisory] = [
    OsAdvisory("debian 12", "openssl", "CVE-2024-0001", "3.0.13-1~deb12u1"),
    OsAdvisory("debian 12", "zlib", "CVE-2023-0002", status="will_not_fix", severity="LOW"),
    OsAdvisory("debian 11", "openssl", "CVE-2024-0001", status="fix_deferred"),
    OsAdvisory("ubuntu 22.04", "zlib", "CVE-2023-0002"),
    OsAdvisory("ubuntu 22.04", "openssl", "CVE-2024-0001", "3.0.2-0ubuntu1.15"),
    OsAdvisory("alpine 3.19", "openssl", "CVE-2024-0001", "3.1.4-r6"),
    OsAdvisory("alpine 3.20", "openssl", "CVE-2024-0003", "3.3.0-r1"),
    OsAdvisory("wolfi", "openssl", "CVE-2024-0001", "3.2.1-r0"),
    LanguageAdvisory(PIP, "django", "CVE-2024-0004", (">=4.0, <4.2.2",), ("4.2.2",)),
    LanguageAdvisory(PIP, "django", "CVE-2024-0005", (">=5.0, <5.0.1",), ("5.0.1",)),
    LanguageAdvisory(NPM, "@acme/tar", "CVE-2024-0006", ("<6.2.1",), (), ("GHSA-aaaa-bbbb-cccc",)),
    LanguageAdvisory(NPM, "ms", "GHSA-dddd-eeee-ffff", ("<=2.0.0",)),
]
DETAILS = [
    VulnerabilityDetail(
        "CVE-2024-0001", "Timing in the handshake", "HIGH", {"nvd": "HIGH"}, PUBLISHED, NOON
    ),
    VulnerabilityDetail("CVE-2023-0002", "Overflow", "CRITICAL", {"nvd": "CRITICAL"}, PUBLISHED),
    VulnerabilityDetail("CVE-2024-0003", "Loop", "MEDIUM", {"nvd": "MEDIUM", "alpine": "LOW"}),
    VulnerabilityDetail("CVE-2024-0004", "Redirect", "HIGH", {"ghsa": "MEDIUM", "nvd": "HIGH"}),
    VulnerabilityDetail("CVE-2024-0006", "Traversal", "HIGH", {}),
    VulnerabilityDetail("GHSA-dddd-eeee-ffff", "Slow expression", "LOW", {"ghsa": "LOW"}),
]


@dataclass(frozen=True)
class Finding:
    """The part of one of Trivy's findings that an advisory decides."""

    package: str
    vulnerability: str
    fixed: str | None
    status: str
    severity: str
    title: str
    published: str | None


def ssl(package: str, fixed: str | None, status: str = "fixed") -> Finding:
    title, published = "Timing in the handshake", "2024-03-01T08:30:00Z"
    return Finding(package, "CVE-2024-0001", fixed, status, "HIGH", title, published)


def zlib(status: str, severity: str) -> Finding:
    published = "2024-03-01T08:30:00Z"
    return Finding("zlib1g", "CVE-2023-0002", None, status, severity, "Overflow", published)


DEB_SSL, DEB_ZLIB = "3.0.13-1~deb12u1", zlib("will_not_fix", "LOW")
LOOP = Finding("libssl3", "CVE-2024-0003", "3.3.0-r1", "fixed", "LOW", "Loop", None)
TAR = Finding("@acme/tar", "CVE-2024-0006", "6.2.1", "fixed", "HIGH", "Traversal", None)
MS = Finding("ms", "GHSA-dddd-eeee-ffff", None, "affected", "LOW", "Slow expression", None)
EXPECTED = {
    "debian-12": {ssl("openssl", DEB_SSL), ssl("libssl3", DEB_SSL), DEB_ZLIB},
    "debian-11": {ssl("openssl", None, "fix_deferred")},
    "distroless": {ssl("libssl3", DEB_SSL)},
    "ubuntu": {zlib("affected", "CRITICAL")},
    "alpine-3.19": {ssl("libssl3", "3.1.4-r6")},
    "alpine-3.20": {LOOP},
    "alpine-mixed": {LOOP},
    "wolfi": {ssl("libssl3", "3.2.1-r0")},
    "python": {
        ssl("openssl", DEB_SSL),
        ssl("libssl3", DEB_SSL),
        DEB_ZLIB,
        Finding("Django", "CVE-2024-0004", "4.2.2", "fixed", "MEDIUM", "Redirect", None),
    },
    "node": {TAR, MS},
    "upgraded": {ssl("libssl3", DEB_SSL), DEB_ZLIB},
    "apk-upgraded": set(),
    "removed": {TAR},
    "java": set(),
}


def trivy(cache: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [find_tool("trivy"), *arguments, "--cache-dir", cache, "--disable-telemetry"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def scan(cache: Path, reference: str, *more: str) -> dict[str, Any]:
    done = trivy(
        cache,
        *("image", "--image-src", "remote", "--scanners", "vuln", "--format", "json"),
        *("--list-all-pkgs", "--offline-scan", "--skip-db-update", "--skip-java-db-update"),
        *("--skip-version-check", "--cache-backend", "memory", *more, reference),
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def packages_of(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [package for result in report["Results"] for package in result.get("Packages", [])]


def findings_of(report: dict[str, Any]) -> set[Finding]:
    listed = [
        Finding(
            one["PkgName"],
            one["VulnerabilityID"],
            one.get("FixedVersion"),
            one["Status"],
            one["Severity"],
            one["Title"],
            one.get("PublishedDate"),
        )
        for result in report["Results"]
        for one in result.get("Vulnerabilities", [])
    ]
    assert len(listed) == len(set(listed))
    return set(listed)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with Registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("knowledge")
    known = JavaArtifact(JAR.group, JAR.artifact, JAR.version, JAR.sha1)
    java_database([known], updated_at=NOON).unpack(folder)
    return trivy_database(ADVISORIES, DETAILS, updated_at=NOON).unpack(folder)


@pytest.fixture(scope="module")
def reports(registry: Registry, cache: Path) -> dict[str, dict[str, Any]]:
    """Every image's report, by the image's name."""
    push_all(registry.url, [Job(f"made/{name}", "1", image) for name, image in IMAGES.items()])
    with ThreadPoolExecutor(4) as executor:
        scans = executor.map(
            lambda name: scan(cache, f"{registry.host}/made/{name}@{IMAGES[name].digest}"), IMAGES
        )
        return dict(zip(IMAGES, scans, strict=True))


@pytest.mark.parametrize("name", IMAGES)
def test_findings_are_exactly_what_the_advisories_say(
    name: str, reports: dict[str, dict[str, Any]]
) -> None:
    assert findings_of(reports[name]) == EXPECTED[name]


@pytest.mark.parametrize(
    ("name", "family", "version"),
    [
        ("debian-12", "debian", "12.5"),
        ("debian-11", "debian", "11.9"),
        ("distroless", "debian", "12.5"),
        ("ubuntu", "ubuntu", "22.04"),
        ("alpine-3.19", "alpine", "3.19.1"),
        ("alpine-mixed", "alpine", "3.19.1"),
        ("wolfi", "wolfi", "20230201"),
    ],
)
def test_the_operating_system_is_recognised(
    name: str, family: str, version: str, reports: dict[str, dict[str, Any]]
) -> None:
    system = reports[name]["Metadata"]["OS"]
    assert (system["Family"], system["Name"]) == (family, version)


def test_a_package_names_the_layer_it_came_with(reports: dict[str, dict[str, Any]]) -> None:
    base, app = (one.diff_id for one in IMAGES["upgraded"].layers)
    origin = {one["Name"]: one["Layer"]["DiffID"] for one in packages_of(reports["upgraded"])}
    assert origin == {"openssl": app, "libssl3": base, "zlib1g": base}
    base, app = (one.diff_id for one in IMAGES["python"].layers)
    origin = {one["Name"]: one["Layer"]["DiffID"] for one in packages_of(reports["python"])}
    assert (origin["Django"], origin["openssl"]) == (app, base)


def test_sources_and_epochs_arrive(reports: dict[str, dict[str, Any]]) -> None:
    (zlib,) = [one for one in packages_of(reports["debian-12"]) if one["Name"] == "zlib1g"]
    assert (zlib["Epoch"], zlib["Version"], zlib["Release"]) == (1, "1.2.13.dfsg", "1")
    assert (zlib["SrcName"], zlib["Arch"]) == ("zlib", "amd64")


def test_the_configuration_carries_labels_layers_and_age(
    reports: dict[str, dict[str, Any]],
) -> None:
    config = reports["upgraded"]["Metadata"]["ImageConfig"]
    assert config["config"]["Labels"] == {"team": "shop"}
    assert config["created"] == "2024-05-01T12:00:00Z"
    assert config["rootfs"]["diff_ids"] == [one.diff_id for one in IMAGES["upgraded"].layers]


def test_a_silent_jar_is_known_by_its_bytes(reports: dict[str, dict[str, Any]]) -> None:
    (jar,) = packages_of(reports["java"])
    assert (jar["Name"], jar["Version"]) == ("org.acme:parser", "1.4.0")


def test_each_platform_of_an_index_is_its_own_image(registry: Registry, cache: Path) -> None:
    arm = Image([ubuntu_base("22.04", [LIBSSL])], platform="linux/arm64/v8")
    with Pusher(registry.url) as pusher:
        index = pusher.push_index("made/many", "1", Index([DEBIAN, arm], attested=True))
        assert pusher.resolve("made/many", "1") == index
    reference = f"{registry.host}/made/many@{index}"
    families = [
        scan(cache, reference, "--platform", platform)["Metadata"]["OS"]["Family"]
        for platform in ("linux/amd64", "linux/arm64")
    ]
    assert families == ["debian", "ubuntu"]


def test_trivy_downloads_both_databases_by_itself(registry: Registry, tmp_path: Path) -> None:
    with Pusher(registry.url) as pusher:
        database = trivy_database(ADVISORIES, DETAILS, updated_at=NOON)
        java = java_database([], updated_at=NOON)
        pusher.push_artifact("mirror/trivy-db", "2", database.artifact())
        pusher.push_artifact("mirror/trivy-java-db", "1", java.artifact())
    for kind, name, tag in (("db", "trivy-db", 2), ("java-db", "trivy-java-db", 1)):
        address = f"{registry.host}/mirror/{name}:{tag}"
        done = trivy(tmp_path, "image", f"--download-{kind}-only", f"--{kind}-repository", address)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "db" / "trivy.db").read_bytes() == database.content
    assert (tmp_path / "java-db" / "trivy-java.db").read_bytes() == java.content


def test_trivy_finds_its_way_through_fifty_thousand_advisories(
    registry: Registry, tmp_path: Path
) -> None:
    advisories: list[Advisory] = [
        OsAdvisory("debian 12", f"package-{number % 9000}", f"CVE-2024-{number}", "2.0")
        for number in range(50_000)
    ]
    details = [VulnerabilityDetail(one.vulnerability, "Title") for one in advisories]
    cache = trivy_database(advisories, details, updated_at=NOON).unpack(tmp_path)
    installed = [DebianPackage(f"package-{number}", "1.0") for number in (0, 4321, 8999)]
    with Pusher(registry.url) as pusher:
        digest = pusher.push_image("made/big", "1", Image([debian_base("12", installed)]))
    found = {
        (one.package, one.vulnerability)
        for one in findings_of(scan(cache, f"{registry.host}/made/big@{digest}"))
    }
    assert found == {
        (f"package-{start}", f"CVE-2024-{number}")
        for start in (0, 4321, 8999)
        for number in range(start, 50_000, 9000)
    }


def test_a_shared_layer_goes_up_once(tmp_path: Path) -> None:
    with Registry(tmp_path) as registry, Pusher(registry.url) as pusher:
        for number in range(3):
            child = built_on(DEBIAN, [layer({"app": str(number)})], created=NOON)
            pusher.push_image(f"shop/{number}", "1", child)
        with Pusher(registry.url) as again:
            again.push_image("shop/0", "2", DEBIAN)
        requests = registry.log.read_text()
    # One base layer, three app layers, three configurations; then the base's configuration.
    assert requests.count('"PUT /v2/shop/') - requests.count("/manifests/") == 7 + 1
    assert requests.count("mount=") == 2


def test_a_registry_is_back_on_its_port_after_an_outage(tmp_path: Path) -> None:
    with Registry(tmp_path) as registry, Pusher(registry.url) as pusher:
        port = registry.port
        digest = pusher.push_image("shop/api", "1", DEBIAN)
        registry.stop()
        with pytest.raises(WorkshopError, match="is it running"):
            pusher.resolve("shop/api", "1")
        registry.start()
        assert registry.port == port
        assert pusher.resolve("shop/api", "1") == digest


def test_deleting_a_tag_leaves_the_image_and_its_other_tags(registry: Registry) -> None:
    with Pusher(registry.url) as pusher:
        for tag in ("1", "latest"):
            digest = pusher.push_image("shop/tags", tag, DEBIAN)
        pusher.delete_tag("shop/tags", "latest")
        assert pusher.resolve("shop/tags", "latest") is None
        assert pusher.resolve("shop/tags", "1") == digest
        pusher.delete_manifest("shop/tags", digest)
        assert pusher.resolve("shop/tags", "1") is None


def test_a_refused_push_says_what_and_where(registry: Registry) -> None:
    with (
        Pusher(registry.url) as pusher,
        pytest.raises(WorkshopError, match=r"PUT http://127.0.0.1:\d+/v2/shop/none/manifests/1: 4"),
    ):
        pusher.put_manifest("shop/none", "1", DEBIAN.manifest())


def test_a_taken_port_is_an_error_with_the_registrys_own_words(
    registry: Registry, tmp_path: Path
) -> None:
    second = Registry(tmp_path, port=registry.port)
    with pytest.raises(WorkshopError, match=r"did not start .* address already in use"):
        second.start()


def test_a_missing_binary_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(WorkshopError, match="nowhere cannot be run: No such file"):
        Registry(tmp_path, binary=tmp_path / "nowhere").start()


def test_a_registry_with_accounts_admits_its_own_alone(tmp_path: Path) -> None:
    wrong = READER.password[::-1]
    with Registry(tmp_path, auth=basic_auth(tmp_path, READER)) as registry:
        with Pusher(registry.url, username=READER.username, password=READER.password) as known:
            assert known.push_image("shop/api", "1", DEBIAN) == DEBIAN.digest
        with Pusher(registry.url) as nobody, pytest.raises(WorkshopError, match="401"):
            nobody.resolve("shop/api", "1")
        with (
            Pusher(registry.url, username=READER.username, password=wrong) as stranger,
            pytest.raises(WorkshopError, match="401"),
        ):
            stranger.resolve("shop/api", "1")


def test_a_registry_with_tokens_admits_readers_and_lets_them_only_read(tmp_path: Path) -> None:
    with TokenServer(tmp_path, READER) as tokens, Registry(tmp_path) as registry:
        with Pusher(registry.url) as pusher:
            pusher.push_image("shop/api", "1", DEBIAN)
        registry.stop()
        registry.auth = tokens.auth()
        registry.start()
        pull = bearer(tokens, "repository:shop/api:pull,push")
        with closing(Wire(registry.url)) as wire:
            refused = wire.request("GET", "/v2/shop/api/tags/list")
            assert refused.status == 401
            assert f'Bearer realm="{tokens.realm}"' in refused.headers["www-authenticate"]
            listed = wire.request("GET", "/v2/shop/api/tags/list", headers=pull)
            assert json.loads(listed.body) == {"name": "shop/api", "tags": ["1"]}
            assert wire.request("POST", "/v2/shop/api/blobs/uploads/", headers=pull).status == 401
            assert wire.request("GET", "/v2/shop/web/tags/list", headers=pull).status == 401
            everything = bearer(tokens, "registry:catalog:*")
            assert wire.request("GET", "/v2/_catalog", headers=everything).status == 200
        assert tokens.scopes == ["repository:shop/api:pull,push", "registry:catalog:*"]


def test_a_token_server_gives_nothing_to_strangers(tmp_path: Path) -> None:
    nobody = base64.b64encode(f"{READER.username}:".encode()).decode()
    with (
        TokenServer(tmp_path, READER) as tokens,
        closing(Wire(tokens.realm.removesuffix("/token"))) as wire,
    ):
        for value in ("", "Basic !", "Basic", f"Basic {nobody}", f"Bearer {nobody}"):
            headers = {"Authorization": value}
            assert wire.request("GET", "/token?scope=a:b:pull", headers=headers).status == 401
        assert tokens.scopes == []


def bearer(tokens: TokenServer, scope: str) -> dict[str, str]:
    """Log in as a client does, and return the header that opens the registry."""
    pair = base64.b64encode(f"{READER.username}:{READER.password}".encode()).decode()
    with closing(Wire(tokens.realm.removesuffix("/token"))) as wire:
        reply = wire.request(
            "GET", f"/token?scope={scope}", headers={"Authorization": f"Basic {pair}"}
        )
    return {"Authorization": f"Bearer {json.loads(reply.body)['token']}"}
