"""A report of `trivy image`, recorded or written by hand, becomes a catalogue."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from watcher.adapters.scanners.trivy.catalogue import read_catalogue
from watcher.domain.errors import PermanentError, TransientError, WatcherError
from watcher.domain.package import Catalogue, Package

RECORDED = Path(__file__).parent / "recorded"
IMAGE = f"sha256:{'a' * 64}"


def recorded(name: str) -> tuple[dict[str, Any], str]:
    report = json.loads((RECORDED / f"{name}.json").read_text())
    return report, (RECORDED / f"{name}.log").read_text()


def read(report: dict[str, Any], log: str = "") -> Catalogue:
    return read_catalogue(json.dumps(report).encode(), log, IMAGE)


def report_of(family: str, name: str, *packages: dict[str, Any]) -> dict[str, Any]:
    """Write a report of OS packages by hand, as Trivy's has it."""
    listed = [
        {"Identifier": {"UID": str(number), "PURL": "pkg:x/y@1"}, **package}
        for number, package in enumerate(packages)
    ]
    return {
        "SchemaVersion": 2,
        "Metadata": {"OS": {"Family": family, "Name": name}},
        "Results": [{"Target": "x", "Class": "os-pkgs", "Type": family, "Packages": listed}],
    }


def by_name(catalogue: Catalogue) -> dict[str, Package]:
    return {one.package.name: one.package for one in catalogue.occurrences}


def test_a_recorded_image_is_read_with_contexts_layers_paths_and_purls() -> None:
    catalogue = read(*recorded("debian"))
    assert (catalogue.os_family, catalogue.os_version) == ("debian", "12.5")
    assert not catalogue.end_of_life
    assert catalogue.not_covered is None
    listed = {
        (one.package.context, one.package.name, one.package.version, one.path)
        for one in catalogue.occurrences
    }
    site = "lib/python3.12/site-packages/Django-4.2.1.dist-info/METADATA"
    assert listed == {
        ("debian 12", "libssl3", "3.0.11-1~deb12u2", ""),
        ("debian 12", "zlib1g", "1:1.2.13.dfsg-1", ""),
        ("debian 12", "docker-ce", "5:24.0.1-1", ""),
        ("language", "Django", "4.2.1", f"usr/local/{site}"),
        ("language", "Django", "4.2.1", f"opt/venv/{site}"),
        ("language", "left-pad", "1.3.0", "usr/src/app/node_modules/left-pad/package.json"),
    }
    purls = {one.package.name: one.purl for one in catalogue.occurrences}
    assert (
        purls["zlib1g"]
        == "pkg:deb/debian/zlib1g@1.2.13.dfsg-1?arch=amd64&distro=debian-12.5&epoch=1"
    )
    assert purls["Django"] == "pkg:pypi/django@4.2.1"


def test_each_package_keeps_the_layer_it_came_with() -> None:
    report, log = recorded("debian")
    layers = report["Metadata"]["DiffIDs"]
    catalogue = read(report, log)
    origins = {(one.package.name, one.path[:3]): one.layer for one in catalogue.occurrences}
    assert origins["libssl3", ""] == layers[0]
    assert origins["Django", "usr"] == layers[1]
    assert origins["Django", "opt"] == layers[2]
    assert origins["left-pad", "usr"] == layers[3]


def test_a_package_at_two_paths_is_one_package_with_one_finding() -> None:
    catalogue = read(*recorded("debian"))
    django = [one.package for one in catalogue.occurrences if one.package.name == "Django"]
    assert len(django) == 2
    assert len(set(django)) == 1
    found = [one for one in catalogue.findings if one.identity == django[0].identity]
    assert [(one.vulnerability, one.vendor_ids) for one in found] == [
        ("CVE-2024-5", ("GHSA-aaaa-bbbb-cccc",))
    ]


def test_own_findings_have_the_keys_of_their_packages() -> None:
    catalogue = read(*recorded("debian"))
    names = {one.package.identity: one.package.name for one in catalogue.occurrences}
    assert {(names[one.identity], one.vulnerability, one.status) for one in catalogue.findings} == {
        ("libssl3", "CVE-2024-1", "fixed"),
        ("zlib1g", "CVE-2024-2", "will_not_fix"),
        ("Django", "CVE-2024-5", "fixed"),
        ("left-pad", "CVE-2024-6", "fixed"),
    }


def test_a_third_party_package_is_listed_and_left_out() -> None:
    packages = by_name(read(*recorded("debian")))
    assert packages["docker-ce"].left_out is not None
    assert packages["libssl3"].left_out is None


def test_alpine_is_matched_by_its_repositories() -> None:
    catalogue = read(*recorded("alpine"))
    assert {one.package.context for one in catalogue.occurrences} == {"alpine edge"}
    assert catalogue.end_of_life
    assert catalogue.os_version == "3.19.1"


def test_alpine_without_the_log_line_is_an_error_not_a_guess() -> None:
    report, _ = recorded("alpine")
    with pytest.raises(PermanentError, match="repositories"):
        read(report, "")


@pytest.mark.parametrize(
    ("family", "package", "reason"),
    [
        ("redhat", {"Name": "gpg-pubkey", "Version": "1"}, "signing key"),
        ("debian", {"Name": "", "Version": "1"}, "no name"),
        ("debian", {"Name": "a", "Version": ""}, "no version"),
        ("fedora", {"Name": "a", "Version": "1"}, "no advisories for fedora"),
        ("debian", {"Name": "a", "Version": "1", "Repository": {"Class": "third-party"}}, "third"),
    ],
)
def test_what_cannot_be_matched_is_left_out_with_its_reason(
    family: str, package: dict[str, Any], reason: str
) -> None:
    (only,) = read(report_of(family, "12", package)).occurrences
    assert only.package.left_out is not None
    assert reason in only.package.left_out


def test_echo_covers_third_party_packages_too() -> None:
    package = {"Name": "gh", "Version": "1", "Repository": {"Class": "third-party"}}
    assert by_name(read(report_of("echo", "1", package)))["gh"].left_out is None


def test_red_hat_packages_are_kept_apart_by_their_build() -> None:
    base = {"Version": "1", "Release": "1"}
    catalogue = read(
        report_of(
            "redhat",
            "9.4",
            {**base, "Name": "plain"},
            {**base, "Name": "one", "BuildInfo": {"ContentSets": ["a"]}},
            {**base, "Name": "same", "BuildInfo": {"ContentSets": ["a"]}},
            {**base, "Name": "other", "BuildInfo": {"ContentSets": ["b"]}},
            {**base, "Name": "empty", "BuildInfo": {}},
        )
    )
    contexts = {name: package.context for name, package in by_name(catalogue).items()}
    assert contexts["plain"] == "redhat 9"
    assert contexts["one"] == contexts["same"]
    assert len({contexts[name] for name in ("plain", "one", "other", "empty")}) == 4


@pytest.mark.parametrize(
    ("package", "supplier"),
    [
        ({"Name": "a", "Version": "1", "Release": "1.root.io.1"}, "Root.io"),
        ({"Name": "seal-a", "Version": "1"}, "Seal"),
    ],
)
def test_an_image_of_another_supplier_has_a_context_of_its_own(
    package: dict[str, Any], supplier: str
) -> None:
    catalogue = read(report_of("debian", "12.5", {"Name": "bash", "Version": "5"}, package))
    assert catalogue.not_covered is None
    listed = [one.package for one in catalogue.occurrences]
    assert {one.context for one in listed} == {f"debian 12 ({supplier}:{IMAGE})"}
    assert {one.left_out for one in listed} == {None}


def test_what_no_document_can_carry_is_said_of_the_whole_image() -> None:
    report = report_of("ubuntu", "22.04", {"Name": "bash", "Version": "5"})
    report["Metadata"]["OS"]["Supplier"] = "rapidfort"
    catalogue = read(report)
    assert catalogue.not_covered is not None
    assert "RapidFort" in catalogue.not_covered


def test_a_package_sealed_from_an_unknown_source_cannot_be_written() -> None:
    catalogue = read(report_of("oracle", "8.9", {"Name": "seal-a", "Version": "1"}))
    assert catalogue.not_covered is not None
    assert "source" in catalogue.not_covered


def test_a_finding_of_no_listed_package_is_an_error() -> None:
    report, log = recorded("debian")
    broken = copy.deepcopy(report)
    broken["Results"][0]["Vulnerabilities"][0]["PkgIdentifier"]["UID"] = "0"
    with pytest.raises(PermanentError, match="own list"):
        read(broken, log)


def test_an_image_of_nothing_is_an_empty_catalogue() -> None:
    catalogue = read({"SchemaVersion": 2, "Metadata": {}})
    assert catalogue.occurrences == ()
    assert (catalogue.os_family, catalogue.os_version) == ("", "")


@pytest.mark.parametrize(
    ("report", "error"),
    [
        (b"", TransientError),
        (b"rubbish", TransientError),
        (b'{"SchemaVersion": 2, "Resul', TransientError),
        (b"[]", PermanentError),
        (b"{}", PermanentError),
        (b'{"SchemaVersion": 3}', PermanentError),
        (b'{"SchemaVersion": 2, "Results": "none"}', PermanentError),
        (b'{"SchemaVersion": 2, "Results": [{"Packages": [1]}]}', PermanentError),
        (b'{"SchemaVersion": 2, "Results": [{"Packages": [{"Name": 1}]}]}', PermanentError),
        (b'{"SchemaVersion": 2, "Metadata": {"OS": "debian"}}', PermanentError),
    ],
)
def test_a_report_that_is_none_is_no_empty_catalogue(
    report: bytes, error: type[WatcherError]
) -> None:
    with pytest.raises(error) as told:
        read_catalogue(report, "", IMAGE)
    assert len(str(told.value).splitlines()) == 1
