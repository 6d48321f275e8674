"""Searching packages and vulnerabilities: literal, whatever the case, heads of streams first."""

from __future__ import annotations

import pytest

from tests.fakes.scanner import Known, fake_package
from tests.integration.store_views.conftest import Fleet, day
from watcher.domain.package import Occurrence, Package

API, WEB = "local/shop/api:latest", "local/shop/web:latest"


def occurrence(package: Package, purl: str) -> Occurrence:
    return Occurrence(package, "", "", purl)


OPENSSL = "pkg:deb/debian/openssl@3.0.11-1?arch=amd64&epoch=1"
LIBSSL = "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64"
SCOPED = "pkg:npm/%40acme/core@1.0.0"
LOG4J = "pkg:maven/org.apache/log4j-core@2.14.1"
ODD = "pkg:generic/100%25_sure@1"

PACKAGES = [
    occurrence(fake_package("openssl", "1:3.0.11-1"), OPENSSL),
    occurrence(fake_package("libssl3", "3.0.11-1"), LIBSSL),
    occurrence(fake_package("@acme/core", "1.0.0", "language"), SCOPED),
    occurrence(fake_package("org.apache:log4j-core", "2.14.1", "language"), LOG4J),
    occurrence(fake_package("100%_sure", "1", "language"), ODD),
]


@pytest.fixture
def fleet(fleet: Fleet) -> Fleet:
    """One stream with packages of several kinds, one with another; one vulnerability."""
    fleet.push("shop/api", "latest", PACKAGES)
    fleet.push("shop/web", "latest", [fake_package("zlib")])
    fleet.learn(day(0), [Known("openssl", "CVE-2026-1"), Known("zlib", "GHSA-aaaa-bbbb-cccc")])
    fleet.sync(day(1))
    return fleet


@pytest.mark.parametrize(
    ("text", "purls"),
    [
        ("openssl", [OPENSSL]),
        ("OpenSSL", [OPENSSL]),
        ("ssl", [LIBSSL, OPENSSL]),
        ("log4j", [LOG4J]),
        ("openssl@1:3.0.11-1", [OPENSSL]),
        ("openssl@3.0.11-1", [OPENSSL]),
        ("openssl@3.0.11", []),
        ("ssl@3.0.11-1", []),
        ("log4j-core@2.14.1", [LOG4J]),
        ("@acme/core", [SCOPED]),
        ("@acme/core@1.0.0", [SCOPED]),
        ("pkg:deb/debian/openssl", [OPENSSL]),
        ("pkg:deb/debian/openssl@3.0.11-1", [OPENSSL]),
        ("pkg:deb/debian/openssl@3.0.11-1?epoch=1", [OPENSSL]),
        ("pkg:deb/debian/openssl@3.0.11-1?arch=arm64", []),
        ("pkg:deb/debian/openssl@3.0.12-1", []),
        ("pkg:deb/ubuntu/openssl", []),
        ("pkg:npm/%40acme/core", [SCOPED]),
        ("pkg:npm/@acme/core@1.0.0", [SCOPED]),
        ("pkg:maven/org.apache/log4j-core", [LOG4J]),
        ("100%_sure", [ODD]),
        ("%", [ODD]),
        ("_", [ODD]),
        ("o_enssl", []),
        ("'; DROP TABLE packages; --", []),
    ],
)
def test_a_search_finds_what_was_meant_and_nothing_else(
    fleet: Fleet, text: str, purls: list[str]
) -> None:
    assert fleet.found(text, day(1)) == [(API, purl, None, True) for purl in purls]


@pytest.mark.parametrize("text", ["CVE-2026-1", "cve-2026-1"])
def test_a_vulnerability_is_found_by_its_id_in_whatever_case(fleet: Fleet, text: str) -> None:
    assert fleet.found(text, day(1)) == [(API, OPENSSL, "CVE-2026-1", True)]


def test_the_beginning_of_an_id_is_not_that_vulnerability(fleet: Fleet) -> None:
    assert fleet.found("CVE-2026", day(1)) == []
    assert fleet.found("ghsa-AAAA-bbbb-cccc", day(1)) == [
        (WEB, "pkg:generic/zlib@1", "GHSA-aaaa-bbbb-cccc", True)
    ]


def test_images_that_streams_left_come_behind_their_heads(fleet: Fleet) -> None:
    fleet.push("shop/api", "latest", [fake_package("zlib")])
    fleet.sync(day(2))
    assert fleet.found("openssl", day(2)) == [(API, OPENSSL, None, False)]
    found = fleet.found("zlib", day(2))
    assert found == [
        (API, "pkg:generic/zlib@1", None, True),
        (WEB, "pkg:generic/zlib@1", None, True),
    ]
    assert fleet.found("openssl", day(1)) == [(API, OPENSSL, None, True)]


def test_an_image_that_a_stream_went_back_to_is_found_as_its_head(fleet: Fleet) -> None:
    fleet.push("shop/api", "latest", [fake_package("zlib")])
    fleet.sync(day(2))
    fleet.push("shop/api", "latest", PACKAGES)
    fleet.sync(day(3))
    assert fleet.found("openssl", day(3)) == [(API, OPENSSL, None, True)]


def test_a_withdrawn_vulnerability_is_found_no_more_but_was_then(fleet: Fleet) -> None:
    fleet.learn(day(1.5), [])
    fleet.sync(day(2))
    assert fleet.found("CVE-2026-1", day(2)) == []
    assert fleet.found("CVE-2026-1", day(1)) == [(API, OPENSSL, "CVE-2026-1", True)]
