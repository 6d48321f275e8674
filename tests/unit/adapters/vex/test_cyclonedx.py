"""CycloneDX documents as they are written, read to statements."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from watcher.adapters.vex import Called, parse_document
from watcher.domain.errors import PermanentError
from watcher.domain.vex import Product, StatedPackage, Statement
from watcher.ports.purls import in_range

CALLED = Called({"registry.example/": "local"})
X = StatedPackage("pypi", None, "x", "1.0")
IMAGE = {"bom-ref": "image", "purl": "pkg:oci/api?repository_url=registry.example/shop/api"}


def document(*vulnerabilities: dict[str, Any], **other: object) -> dict[str, Any]:
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {
            "timestamp": "2026-01-01T00:00:00Z",
            "authors": [{"name": "Acme"}],
            "component": IMAGE,
        },
        "components": [{"bom-ref": "lib", "purl": "pkg:pypi/x@1.0"}],
        "vulnerabilities": list(vulnerabilities),
        **other,
    }


def flaw(state: str = "not_affected", **other: object) -> dict[str, Any]:
    return {
        "id": "CVE-2024-1",
        "references": [{"id": "GHSA-1"}],
        "analysis": {"state": state, "justification": "code_not_reachable"},
        "affects": [{"ref": "lib"}],
        **other,
    }


def read(told: object) -> tuple[Statement, ...]:
    return parse_document("a.json", json.dumps(told).encode(), CALLED).statements


def test_an_analysis_is_a_statement_on_a_package_of_the_image() -> None:
    assert read(document(flaw())) == (
        Statement(
            author="Acme",
            names=("CVE-2024-1", "GHSA-1"),
            products=(Product("local/shop/api", None, None, X),),
            status="not_affected",
            justification="code_not_reachable",
            stated_at=datetime(2026, 1, 1, tzinfo=UTC),
        ),
    )


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("not_affected", "not_affected"),
        ("false_positive", "not_affected"),
        ("resolved", "fixed"),
        ("resolved_with_pedigree", "fixed"),
        ("exploitable", "affected"),
        ("in_triage", "under_investigation"),
    ],
)
def test_states_are_statuses(state: str, status: str) -> None:
    (one,) = read(document(flaw(state)))
    assert one.status == status


def test_what_nobody_analysed_is_no_statement() -> None:
    assert read(document(flaw(analysis=None))) == ()


def test_references_lead_to_the_image_a_component_or_a_purl_and_else_to_nothing() -> None:
    refs = ("image", "lib", "urn:cdx:3e671687/1#pkg:pypi/x@1.0", "urn:cdx:3e671687/1#other")
    (one,) = read(document(flaw(affects=[{"ref": ref} for ref in refs])))
    whole = Product("local/shop/api")
    part = Product("local/shop/api", None, None, X)
    assert one.products == (whole, part, part, Product())


def test_a_document_of_no_image_speaks_of_the_package_wherever_it_is() -> None:
    (one,) = read(document(flaw(), metadata={}))
    assert one.products == (Product(package=X),)
    assert (one.author, one.stated_at) == ("", None)


def test_versions_named_apart_have_a_word_of_their_own() -> None:
    versions = [
        {"version": "1.0"},
        {"range": "vers:pypi/<2.0", "status": "unaffected"},
        {"version": "3.0", "status": "unknown"},
    ]
    told = flaw("exploitable", affects=[{"ref": "lib", "versions": versions}])
    by_status = {one.status: one.products for one in read(document(told))}
    assert by_status.keys() == {"affected", "not_affected", "under_investigation"}
    (ranged,) = by_status["not_affected"]
    assert ranged.package is not None
    assert (ranged.package.version, ranged.package.range) == (None, "vers:pypi/<2.0")


@pytest.mark.parametrize(
    ("version", "scope", "within"),
    [
        ("1.10", "vers:pypi/>=1.2|<2.0", True),
        ("2.0rc1", "vers:pypi/>=2.0", False),
        ("1.2.10", "vers:npm/<1.2.9", False),
        ("1.2-3", "vers:deb/<1.2-10", True),
        ("no version", "vers:pypi/<1", False),
        ("1", "vers:nothing/<1", False),
    ],
)
def test_ranges_are_compared_as_the_ecosystem_does(
    version: str,
    scope: str,
    within: bool,  # noqa: FBT001 - the answer
) -> None:
    assert in_range(version, scope) is within


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (document(flaw("fine")), "state"),
        (document(flaw(id="")), "no id"),
        (document(flaw(affects=[{}])), "ref"),
        (document(flaw(affects=[{"ref": "lib", "versions": [{"range": "x"}]}])), "version range"),
        (
            document(
                flaw(affects=[{"ref": "lib", "versions": [{"range": "vers:pypi/" + "1|" * 300}]}])
            ),
            "version range",
        ),
    ],
)
def test_a_document_that_is_not_as_its_format_says_is_refused_in_one_line(
    told: object, reason: str
) -> None:
    with pytest.raises(PermanentError, match=reason) as refused:
        read(told)
    assert "\n" not in str(refused.value)
