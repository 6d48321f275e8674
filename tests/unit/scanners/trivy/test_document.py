"""Packages become a document in which nothing is left to guessing."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.adapters.scanners.trivy.document import expected_packages, write
from watcher.adapters.scanners.trivy.identity import language_package, os_package
from watcher.domain.package import Package

PREFIX = "aquasecurity:trivy:"


def of_os(context: str, **source: object) -> Package:
    known = {"Name": "libssl3", "Version": "3.0.11", "Release": "1"}
    return os_package(context, context.partition(" ")[0], {**known, **source}, None)


def component(context: str, **source: object) -> dict[str, Any]:
    document = json.loads(write(context, [of_os(context, **source)]))
    return dict(document["components"][1])


def properties(written: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["name"].removeprefix(PREFIX), one["value"]) for one in written["properties"]]


def test_all_packages_hang_on_one_operating_system() -> None:
    document = json.loads(write("debian 12", [of_os("debian 12"), of_os("debian 12", Name="a")]))
    system, *packages = document["components"]
    assert system == {
        "bom-ref": "os",
        "type": "operating-system",
        "name": "debian",
        "version": "12",
    }
    assert [one["bom-ref"] for one in packages] == ["0", "1"]
    assert document["dependencies"] == [{"ref": "os", "dependsOn": ["0", "1"]}]
    assert document["bomFormat"] == "CycloneDX"


def test_a_rolling_system_is_written_without_a_version() -> None:
    assert "version" not in json.loads(write("wolfi", [of_os("wolfi")]))["components"][0]


def test_packages_of_a_language_hang_on_one_application_for_each_type() -> None:
    made = [
        language_package(kind, {"Name": name, "Version": "1"}, None)
        for kind, name in (("python-pkg", "Django"), ("node-pkg", "@a/b"), ("python-pkg", "six"))
    ]
    document = json.loads(write("language", made))
    applications = [one for one in document["components"] if one["type"] == "application"]
    assert [properties(one) for one in applications] == [
        [("Type", "python-pkg")],
        [("Type", "node-pkg")],
    ]
    assert document["dependencies"] == [
        {"ref": "type python-pkg", "dependsOn": ["0", "2"]},
        {"ref": "type node-pkg", "dependsOn": ["1"]},
    ]
    assert [one["name"] for one in document["components"][2:]] == ["Django", "@a/b", "six"]
    assert expected_packages("language", made) == {"python-pkg": 2, "node-pkg": 1}


@pytest.mark.parametrize(
    ("context", "kind"),
    [
        ("alpine 3.19", "apk"),
        ("wolfi", "apk"),
        ("chainguard", "apk"),
        ("minimos", "apk"),
        ("debian 12", "deb"),
        ("ubuntu 22.04", "deb"),
        ("echo", "deb"),
        ("rocky 9", "rpm"),
        ("bottlerocket", "rpm"),
        ("amazon 2", "rpm"),
    ],
)
def test_the_purl_has_the_type_that_the_family_is_read_by(context: str, kind: str) -> None:
    assert component(context)["purl"].startswith(f"pkg:{kind}/x@%")


def test_epoch_and_architecture_stand_in_the_purl_and_the_version_without_them() -> None:
    written = component("rocky 9", Epoch=2, Arch="x86_64")
    assert written["version"] == "3.0.11-1"
    assert unquote(written["purl"]) == "pkg:rpm/x@3.0.11-1?arch=x86_64&epoch=2"


@pytest.mark.parametrize(
    ("context", "source", "told"),
    [
        (
            "debian 12",
            {"SrcName": "openssl", "SrcVersion": "3", "SrcRelease": "1", "SrcEpoch": 2},
            {("SrcName", "openssl"), ("SrcVersion", "3"), ("SrcRelease", "1"), ("SrcEpoch", "2")},
        ),
        ("azurelinux 3.0", {}, {("SrcName", "-"), ("SrcVersion", "0")}),
        ("alpine 3.19", {}, {("SrcName", "libssl3"), ("SrcVersion", "0")}),
        (
            "rocky 9",
            {"SrcName": "a", "SrcVersion": "1", "Modularitylabel": "nodejs:18:1:a"},
            {("SrcName", "a"), ("SrcVersion", "1"), ("Modularitylabel", "nodejs:18:1:a")},
        ),
    ],
)
def test_the_source_is_written_so_that_trivy_guesses_nothing(
    context: str, source: dict[str, object], told: set[tuple[str, str]]
) -> None:
    assert set(properties(component(context, **source))) == {("PkgID", "0"), *told}


@pytest.mark.parametrize(
    ("build", "told"),
    [
        ({"ContentSets": ["a", "b"]}, [("ContentSet", "a"), ("ContentSet", "b")]),
        ({"Nvr": "ubi-1-1", "Arch": "x86_64"}, [("NVR", "ubi-1-1"), ("Arch", "x86_64")]),
        ({}, [("ContentSet", "-")]),
        ({"Arch": "x86_64"}, [("ContentSet", "-"), ("Arch", "x86_64")]),
    ],
)
def test_build_information_is_written_even_where_it_is_empty(
    build: dict[str, object], told: list[tuple[str, str]]
) -> None:
    written = properties(component("redhat 9", BuildInfo=build))
    assert [one for one in written if one[0] in {"ContentSet", "NVR", "Arch"}] == told


@given(st.text(min_size=1), st.text(min_size=1))
def test_any_name_and_version_come_back_out_of_the_document(name: str, version: str) -> None:
    safe = [text.encode("utf-8", "replace").decode() for text in (name, version)]
    written = json.loads(
        write("language", [language_package("x", {"Name": safe[0], "Version": safe[1]}, None)])
    )["components"][1]
    assert (written["name"], written["version"]) == (safe[0], safe[1])
    assert written["purl"].isascii()
    assert unquote(written["purl"]) == f"pkg:cargo/x@{safe[1]}"
