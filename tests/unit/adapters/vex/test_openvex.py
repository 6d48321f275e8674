"""OpenVEX documents as they are written, read to statements."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from watcher.adapters.vex import Called, parse_document
from watcher.domain.errors import PermanentError
from watcher.domain.vex import Product, StatedPackage, Statement

CALLED = Called({"registry.example/": "local", "docker.io/": "hub"})
DIGEST = "sha256:" + "ab" * 32
PYPI = StatedPackage("pypi", None, "x", "1.0")


def statement(**other: object) -> dict[str, Any]:
    return {
        "vulnerability": {"name": "CVE-2024-1", "aliases": ["GHSA-1"]},
        "products": [{"@id": "pkg:pypi/x@1.0"}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
        **other,
    }


def document(*statements: dict[str, Any], **other: object) -> dict[str, Any]:
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://openvex.dev/docs/example",
        "author": "Acme",
        "timestamp": "2026-01-01T00:00:00Z",
        "version": 1,
        "statements": list(statements),
        **other,
    }


def read(told: object) -> tuple[Statement, ...]:
    return parse_document("a.json", json.dumps(told).encode(), CALLED).statements


def products(*told: object) -> tuple[Product, ...]:
    (one,) = read(document(statement(products=list(told))))
    return one.products


def test_a_statement_is_read_with_all_that_counts() -> None:
    assert read(document(statement())) == (
        Statement(
            author="Acme",
            names=("CVE-2024-1", "GHSA-1"),
            products=(Product(package=PYPI),),
            status="not_affected",
            justification="vulnerable_code_not_in_execute_path",
            stated_at=datetime(2026, 1, 1, tzinfo=UTC),
        ),
    )


def test_a_statement_without_a_time_has_the_documents_last() -> None:
    own = statement(timestamp="2026-03-01T00:00:00+01:00")
    one, other = read(document(own, statement(), last_updated="2026-02-01T00:00:00Z"))
    assert one.stated_at == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert other.stated_at == datetime(2026, 2, 1, tzinfo=UTC)


def test_the_first_version_of_the_format_is_read_too() -> None:
    told = statement(
        vulnerability="CVE-2024-1",
        products=["registry.example/shop/api:latest"],
        subcomponents=["pkg:pypi/x@1.0"],
    )
    (one,) = read(document(told, **{"@context": "https://openvex.dev/ns"}))
    assert one.names == ("CVE-2024-1",)
    assert one.products == (Product("local/shop/api", None, "latest", PYPI),)


def test_images_are_named_by_repository_digest_or_tag() -> None:
    assert products(
        f"pkg:oci/api@{DIGEST.replace(':', '%3A')}?repository_url=registry.example/shop/api",
        "pkg:oci/api?repository_url=registry.example/shop/api&tag=latest",
        "pkg:docker/library/redis@7?repository_url=index.docker.io",
        f"registry.example/shop/api@{DIGEST}",
        DIGEST,
        {"@id": "urn:x", "hashes": {"sha-256": "ab" * 32}},
        "elsewhere.example/shop/api",
    ) == (
        Product("local/shop/api", DIGEST),
        Product("local/shop/api", None, "latest"),
        Product("hub/library/redis", None, "7"),
        Product("local/shop/api", DIGEST),
        Product(digest=DIGEST),
        Product(digest=DIGEST),
        Product("elsewhere.example/shop/api"),
    )


def test_a_package_of_an_image_is_both() -> None:
    image = {
        "@id": "pkg:oci/api?repository_url=registry.example/shop/api",
        "subcomponents": [{"@id": "pkg:pypi/x@1.0"}],
    }
    assert products(image) == (Product("local/shop/api", None, None, PYPI),)


def test_what_nobody_can_tell_is_about_nothing() -> None:
    unknown = {"@id": "https://example.com/thing", "subcomponents": ["pkg:pypi/x@1.0"]}
    found = products("https://example.com/thing", "pkg:oci/api", unknown)
    assert all(one.about_nothing for one in found)


def test_texts_lose_what_moves_a_terminal() -> None:
    (one,) = read(document(statement(justification="a\x1b[2Jb\u202ec\x00\ud800d")))
    assert one.justification.isprintable()
    one.justification.encode()


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (document(statement(status="maybe")), "status"),
        (document(statement(justification="", impact_statement="")), "needs a justification"),
        (document(statement(vulnerability={"name": "a b"})), "no id of a vulnerability"),
        (document(statement(products=["pkg:"])), "is no package URL"),
        (document(statement(timestamp="yesterday")), "must be a time"),
        (document(statement(products=["pkg:pypi/x"] * 10_001)), "at most 10000"),
        (document(author=None), "author"),
        (document(timestamp=None), "timestamp"),
        ({"statements": []}, "neither OpenVEX nor CycloneDX"),
        ([], "no JSON object"),
    ],
)
def test_a_document_that_is_not_as_its_format_says_is_refused_in_one_line(
    told: object, reason: str
) -> None:
    with pytest.raises(PermanentError, match=reason) as refused:
        read(told)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 50_000])
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(PermanentError, match="no JSON"):
        parse_document("a.json", content, CALLED)


def test_a_document_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(PermanentError, match="larger than"):
        parse_document("a.json", b" " * (16 * 1024 * 1024 + 1), CALLED)
