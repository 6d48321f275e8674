"""Databases in Trivy's own formats, before Trivy has seen them."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tarfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from watcher.demo.workshop import (
    MAVEN,
    NPM,
    PIP,
    Advisory,
    Database,
    Jar,
    JavaArtifact,
    LanguageAdvisory,
    OsAdvisory,
    VulnerabilityDetail,
    java_database,
    trivy_database,
)
from watcher.demo.workshop.database import database_tree

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def stored(advisory: Advisory) -> dict[str, Any]:
    tree: Any = database_tree([advisory], [])
    content: dict[str, Any] = json.loads(
        tree[advisory.bucket][advisory.package][advisory.vulnerability]
    )
    return content


def test_a_fix_stands_alone() -> None:
    assert stored(OsAdvisory("debian 12", "a", "CVE-1", "1.2-3")) == {"FixedVersion": "1.2-3"}


def test_without_a_fix_the_status_is_a_number() -> None:
    advisory = OsAdvisory("debian 12", "a", "CVE-1", status="will_not_fix", severity="LOW")
    assert stored(advisory) == {"Status": 5, "Severity": 1}


def test_ranges_of_a_language_are_lists() -> None:
    advisory = LanguageAdvisory(PIP, "django", "CVE-1", (">=4, <4.2",), ("4.2",), ("GHSA-1",))
    assert stored(advisory) == {
        "VulnerableVersions": [">=4, <4.2"],
        "PatchedVersions": ["4.2"],
        "VendorIDs": ["GHSA-1"],
    }


def test_a_detail_leaves_out_what_nobody_knows() -> None:
    tree: Any = database_tree([], [VulnerabilityDetail("CVE-1", "Title", "HIGH", {"nvd": "LOW"})])
    assert json.loads(tree["vulnerability"]["CVE-1"]) == {
        "Title": "Title",
        "Severity": "HIGH",
        "VendorSeverity": {"nvd": 1},
    }


def test_a_database_without_details_still_has_the_bucket_that_trivy_reads() -> None:
    assert database_tree([], []) == {"data-source": {}, "vulnerability": {}}


@pytest.mark.parametrize(
    ("bucket", "source"),
    [("debian 12", "debian"), ("wolfi", "wolfi"), (PIP, "ghsa"), (NPM, "ghsa"), (MAVEN, "ghsa")],
)
def test_every_bucket_names_its_source(bucket: str, source: str) -> None:
    tree: Any = database_tree([OsAdvisory(bucket, "a", "CVE-1", "1")], [])
    assert json.loads(tree["data-source"][bucket])["ID"] == source


@pytest.mark.parametrize("bucket", ["debain 12", "debian::12", "pip::Somebody"])
def test_a_misspelt_bucket_is_refused(bucket: str) -> None:
    with pytest.raises(ValueError, match="no data source known"):
        database_tree([OsAdvisory(bucket, "a", "CVE-1", "1")], [])


def test_two_advisories_for_one_place_are_refused() -> None:
    advisory = OsAdvisory("debian 12", "a", "CVE-1", "1")
    with pytest.raises(ValueError, match="two advisories for CVE-1 in a of debian 12"):
        database_tree([advisory, advisory], [])


def test_metadata_gives_a_day_and_no_download() -> None:
    assert json.loads(trivy_database([], [], updated_at=NOON).metadata) == {
        "Version": 2,
        "UpdatedAt": "2024-05-01T12:00:00Z",
        "NextUpdate": "2024-05-02T12:00:00Z",
        "DownloadedAt": "0001-01-01T00:00:00Z",
    }


def unpacked(database: Database) -> dict[str, bytes]:
    (blob,) = database.artifact().layers
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(blob.content))) as archive:
        return {one.name: archive.extractfile(one).read() for one in archive}  # type: ignore[union-attr]


def test_an_artifact_is_one_layer_with_both_files() -> None:
    database = trivy_database([OsAdvisory("wolfi", "a", "CVE-1", "1")], [], updated_at=NOON)
    assert unpacked(database) == {
        "trivy.db": database.content,
        "metadata.json": database.metadata,
    }
    manifest = json.loads(database.artifact().manifest().content)
    assert manifest["config"]["mediaType"] == "application/vnd.aquasec.trivy.config.v1+json"
    assert manifest["layers"][0]["mediaType"].endswith("trivy.db.layer.v1.tar+gzip")
    assert manifest["layers"][0]["annotations"] == {"org.opencontainers.image.title": "db.tar.gz"}


def test_the_order_of_advisories_changes_no_byte() -> None:
    advisories = [OsAdvisory("wolfi", name, "CVE-1", "1") for name in "abc"]
    one = trivy_database(advisories, [], updated_at=NOON)
    assert one == trivy_database(reversed(advisories), [], updated_at=NOON)


def test_a_database_is_unpacked_where_trivy_looks(tmp_path: Path) -> None:
    database = trivy_database([], [], updated_at=NOON)
    assert database.unpack(tmp_path) == tmp_path
    assert (tmp_path / "db" / "trivy.db").read_bytes() == database.content
    assert (tmp_path / "db" / "metadata.json").read_bytes() == database.metadata


def test_the_java_database_finds_a_jar_by_its_sha1(tmp_path: Path) -> None:
    jars = [Jar("org.acme", name, "1.0") for name in ("b", "a")]
    known = [JavaArtifact(jar.group, jar.artifact, jar.version, jar.sha1) for jar in jars]
    database = java_database(known, updated_at=NOON)
    assert database == java_database(reversed(known), updated_at=NOON)
    assert json.loads(database.metadata)["Version"] == 1
    database.unpack(tmp_path)
    with closing(sqlite3.connect(tmp_path / "java-db" / "trivy-java.db")) as connection:
        found = connection.execute(
            "SELECT a.group_id, a.artifact_id, i.version, i.archive_type FROM indices i"
            " JOIN artifacts a ON a.id = i.artifact_id WHERE i.sha1 = ?",
            (bytes.fromhex(jars[1].sha1),),
        ).fetchall()
    assert found == [("org.acme", "a", "1.0", "jar")]
