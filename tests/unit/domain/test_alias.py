"""Which ids are one vulnerability."""

from __future__ import annotations

import pytest

from watcher.domain.alias import claims_of, contradicted


@pytest.mark.parametrize(
    "alias", ["GHSA-462w-v97r-4m45", "PYSEC-2021-66", "GO-2024-2687", "RUSTSEC-2021-0001", "OSV-1"]
)
def test_an_advisory_beside_a_cve_is_said_to_be_it(alias: str) -> None:
    assert claims_of("CVE-2024-1", [alias]) == {(alias, "CVE-2024-1")}


@pytest.mark.parametrize(
    "alias",
    [
        "RHSA-2024:1",
        "DSA-1-1",
        "USN-1-1",
        "ALAS-2024-1",
        "CVE-2024-2",
        "ghsa-1",
        "GHSA-",
        "GHSA-a b",
    ],
)
def test_a_bulletin_another_cve_and_what_is_no_id_are_not(alias: str) -> None:
    assert claims_of("CVE-2024-1", [alias]) == frozenset()


def test_an_advisory_beside_an_advisory_says_nothing_of_a_cve() -> None:
    assert claims_of("GHSA-1", ["PYSEC-1"]) == frozenset()


def test_only_an_alias_that_is_told_otherwise_is_contradicted() -> None:
    standing = {("GHSA-1", "CVE-1"), ("GHSA-2", "CVE-2"), ("GHSA-3", "CVE-3")}
    told = {("GHSA-1", "CVE-9"), ("GHSA-3", "CVE-3"), ("GHSA-3", "CVE-4")}
    assert contradicted(standing, told) == {("GHSA-1", "CVE-1")}
