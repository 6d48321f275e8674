"""Layers: the files that package installers leave, the same bytes every time."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zipfile

import pytest

from watcher.demo.workshop import (
    ApkPackage,
    DebianPackage,
    Jar,
    Layer,
    NodePackage,
    PythonPackage,
    alpine_base,
    apk_upgrade,
    debian_base,
    distroless_base,
    dpkg_upgrade,
    java_layer,
    layer,
    node_layer,
    python_layer,
    ubuntu_base,
    wolfi_base,
)

OPENSSL = DebianPackage("openssl", "3.0.11-1")
LIBSSL = DebianPackage("libssl3", "3.0.11-1", source="openssl", source_version="3.0.11-2")


def files(made: Layer) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(made.content))) as archive:
        members = [member for member in archive.getmembers() if member.isfile()]
        return {one.name: archive.extractfile(one).read().decode() for one in members}  # type: ignore[union-attr]


def test_a_layer_names_the_digests_of_its_archive_packed_and_bare() -> None:
    made = layer({"/app/main.py": "print()", "etc/raw": b"bytes"})
    bare = gzip.decompress(made.content)
    assert made.digest == "sha256:" + hashlib.sha256(made.content).hexdigest()
    assert made.diff_id == "sha256:" + hashlib.sha256(bare).hexdigest()
    assert files(made) == {"app/main.py": "print()", "etc/raw": "bytes"}


def test_the_order_of_files_changes_no_byte() -> None:
    assert layer({"a": "1", "b/c": "2"}) == layer({"b/c": "2", "a": "1"})


def test_folders_stand_before_their_files() -> None:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(layer({"a/b/c": ""}).content))) as archive:
        assert [(member.name, member.isdir()) for member in archive] == [
            ("a", True),
            ("a/b", True),
            ("a/b/c", False),
        ]


def test_a_removed_path_leaves_a_whiteout() -> None:
    assert files(layer({}, removed=["/usr/src/app"])) == {"usr/src/.wh.app": ""}


def test_a_debian_base_says_its_release_and_its_packages() -> None:
    found = files(debian_base("12.5", [OPENSSL, LIBSSL]))
    assert found["etc/debian_version"] == "12.5\n"
    assert 'VERSION_ID="12"' in found["etc/os-release"]
    stanzas = found["var/lib/dpkg/status"].split("\n\n")
    assert len(stanzas) == 2
    assert "Source" not in stanzas[0]
    assert "Source: openssl (3.0.11-2)\n" in stanzas[1]
    assert "Status: install ok installed\n" in stanzas[1]


def test_a_source_version_alone_keeps_the_name() -> None:
    stanza = DebianPackage("gcc", "4:12.2", source_version="12.2").stanza()
    assert "Source: gcc (12.2)\n" in stanza


def test_a_distroless_base_has_a_file_for_each_package() -> None:
    found = files(distroless_base("12.5", [OPENSSL, LIBSSL]))
    assert found["var/lib/dpkg/status.d/libssl3"] == LIBSSL.stanza()
    assert "var/lib/dpkg/status" not in found


def test_an_ubuntu_base_says_ubuntu() -> None:
    found = files(ubuntu_base("22.04", [OPENSSL]))
    assert "DISTRIB_RELEASE=22.04\n" in found["etc/lsb-release"]
    assert "Package: openssl\n" in found["var/lib/dpkg/status"]


def test_an_upgrade_replaces_and_adds_and_keeps_the_rest() -> None:
    newer = DebianPackage("openssl", "3.0.13-1")
    status = files(dpkg_upgrade([OPENSSL, LIBSSL], [newer, DebianPackage("curl", "7.88")]))
    assert status["var/lib/dpkg/status"] == "\n".join(
        package.stanza() for package in (newer, LIBSSL, DebianPackage("curl", "7.88"))
    )


def test_two_architectures_of_a_package_are_two_packages() -> None:
    foreign = DebianPackage("openssl", "3.0.13-1", arch="i386")
    status = files(dpkg_upgrade([OPENSSL], [foreign]))["var/lib/dpkg/status"]
    assert status.count("Package: openssl\n") == 2


@pytest.mark.parametrize(
    ("repository", "folder"), [(None, "v3.19"), ("3.20", "v3.20"), ("edge", "edge")]
)
def test_an_alpine_base_names_the_repository_of_its_advisories(
    repository: str | None, folder: str
) -> None:
    found = files(alpine_base("3.19.1", [], repository=repository))
    assert found["etc/alpine-release"] == "3.19.1\n"
    assert f"/alpine/{folder}/main\n" in found["etc/apk/repositories"]


def test_an_apk_package_without_an_origin_is_its_own() -> None:
    found = files(wolfi_base([ApkPackage("libssl3", "3.1.4-r5", "openssl"), ApkPackage("jq", "1")]))
    first, second, _ = found["lib/apk/db/installed"].split("\n\n")
    assert "P:libssl3\nV:3.1.4-r5\n" in first
    assert first.endswith("o:openssl")
    assert second.endswith("o:jq")


def test_an_apk_upgrade_replaces_by_name() -> None:
    made = apk_upgrade([ApkPackage("jq", "1.6-r0")], [ApkPackage("jq", "1.7-r0")])
    assert "1.6" not in files(made)["lib/apk/db/installed"]


def test_python_packages_leave_metadata() -> None:
    (path, content), *_ = files(python_layer([PythonPackage("typing-extensions", "4.9")])).items()
    assert path.endswith("site-packages/typing_extensions-4.9.dist-info/METADATA")
    assert "Name: typing-extensions\nVersion: 4.9\n" in content


def test_node_packages_leave_package_json() -> None:
    found = files(node_layer([NodePackage("@babel/core", "7.0.0")]))
    content = found["usr/src/app/node_modules/@babel/core/package.json"]
    assert json.loads(content) == {"name": "@babel/core", "version": "7.0.0"}


def test_a_jar_tells_its_name_only_when_asked_to() -> None:
    silent, speaking = Jar("org.acme", "a", "1.0"), Jar("org.acme", "a", "1.0", names_itself=True)
    names = [zipfile.ZipFile(io.BytesIO(jar.content())).namelist() for jar in (silent, speaking)]
    assert "META-INF/maven/org.acme/a/pom.properties" not in names[0]
    assert "META-INF/maven/org.acme/a/pom.properties" in names[1]
    assert silent.sha1 == hashlib.sha1(silent.content(), usedforsecurity=False).hexdigest()
    assert java_layer([silent]) == java_layer([silent])
