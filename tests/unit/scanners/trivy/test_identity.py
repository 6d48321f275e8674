"""A package is what its driver reads of it, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.adapters.scanners.trivy.identity import language_package, os_package, shown_version

OPENSSL: dict[str, Any] = {
    "Name": "libssl3",
    "Version": "3.0.11",
    "Release": "1~deb12u2",
    "Epoch": 1,
    "Arch": "amd64",
    "SrcName": "openssl",
    "SrcVersion": "3.0.11",
    "SrcRelease": "1~deb12u2",
}


def identity(family: str = "debian", /, **changed: object) -> str:
    return os_package(f"{family} 12", family, {**OPENSSL, **changed}, None).identity


@pytest.mark.parametrize(
    "changed",
    [
        {"Name": "libssl3t64"},
        {"Version": "3.0.12"},
        {"Release": "2"},
        {"Epoch": 2},
        {"SrcName": "ssl"},
        {"SrcVersion": "3.0.12"},
        {"SrcRelease": "2"},
        {"SrcEpoch": 1},
        {"Modularitylabel": "nodejs:18:1:a"},
        {"BuildInfo": {}},
        {"BuildInfo": {"ContentSets": ["a"]}},
        {"BuildInfo": {"Nvr": "a-1-1", "Arch": "x86_64"}},
    ],
    ids=str,
)
def test_every_field_that_a_driver_reads_makes_another_package(changed: dict[str, object]) -> None:
    assert identity(**changed) != identity()


@pytest.mark.parametrize(
    "changed",
    [
        {"FilePath": "var/lib/dpkg/status.d/ssl"},
        {"Layer": {"DiffID": "sha256:1"}},
        {"Identifier": {"UID": "1", "PURL": "pkg:deb/debian/libssl3@3"}},
        {"ID": "libssl3@3"},
        {"Licenses": ["MIT"]},
        {"DependsOn": ["libc6"]},
        {"Maintainer": "a"},
        {"Repository": {"Class": "official"}},
    ],
    ids=str,
)
def test_layer_path_and_image_make_no_other_package(changed: dict[str, object]) -> None:
    assert identity(**changed) == identity()


@pytest.mark.parametrize("family", ["redhat", "centos", "rocky", "oracle"])
def test_the_architecture_counts_where_the_driver_reads_it(family: str) -> None:
    assert identity(family, Arch="aarch64") != identity(family)


@pytest.mark.parametrize("family", ["debian", "alpine", "alma", "amazon", "azurelinux", "sles"])
def test_the_architecture_does_not_count_elsewhere(family: str) -> None:
    assert identity(family, Arch="arm64") == identity(family)


def test_a_package_that_is_left_out_is_not_the_one_that_is_matched() -> None:
    left_out = os_package("debian 12", "debian", OPENSSL, "third party")
    assert left_out.identity != identity()


def test_a_language_package_is_its_type_its_name_and_its_version() -> None:
    django = {"Name": "Django", "Version": "4.2.1", "FilePath": "a", "ID": "x"}
    same = language_package("python-pkg", {**django, "FilePath": "b", "ID": "y"}, None)
    assert language_package("python-pkg", django, None) == same
    assert same.context == "language"
    others = [("poetry", django), ("python-pkg", {**django, "Name": "django"})]
    others += [("python-pkg", {**django, "Version": "4.2.01"})]
    assert all(
        language_package(kind, source, None).identity != same.identity for kind, source in others
    )


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ({"Version": "1"}, "1"),
        ({"Version": "1", "Release": "2"}, "1-2"),
        ({"Version": "1", "Release": "2", "Epoch": 3}, "3:1-2"),
    ],
)
def test_a_version_is_shown_as_trivy_shows_it(source: dict[str, object], shown: str) -> None:
    assert shown_version(source) == shown


def test_an_identity_reads_well_where_the_name_allows_it() -> None:
    assert identity().startswith("libssl3@1:3.0.11-1~deb12u2#")
    hostile = identity(Name="\x1b[2J<script>" * 50)
    assert hostile.startswith("#")
    assert hostile.isprintable()


@given(st.text(), st.text(), st.integers(0, 9))
def test_attributes_come_back_through_json(name: str, version: str, epoch: int) -> None:
    source = {**OPENSSL, "Name": name, "Version": version, "Epoch": epoch, "BuildInfo": {}}
    made = os_package("redhat 9", "redhat", source, None)
    assert json.loads(json.dumps(made.attributes)) == made.attributes
    assert made.identity == os_package("redhat 9", "redhat", source, None).identity
