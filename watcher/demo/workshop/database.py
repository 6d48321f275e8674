"""The advisory database in Trivy's own format: the file, its metadata, and both as an artifact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from watcher.demo.workshop.advisories import (
    Advisory,
    LanguageAdvisory,
    OsAdvisory,
    VulnerabilityDetail,
)
from watcher.demo.workshop.artifact import Artifact, packed
from watcher.demo.workshop.blobs import Json, json_bytes
from watcher.demo.workshop.bolt import Tree, bolt_file
from watcher.demo.workshop.clock import rfc3339
from watcher.demo.workshop.sources import data_source

LAYER_TYPE = "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip"
SCHEMA = 2
# Upstream stamps each database with a day's validity.
VALID_FOR = timedelta(hours=24)

# The numbers are those of trivy-db's `types.Severity` and `types.Status`.
_SEVERITIES = ("UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL")
_STATUSES = (
    "unknown",
    "not_affected",
    "affected",
    "fixed",
    "under_investigation",
    "will_not_fix",
    "fix_deferred",
    "end_of_life",
)


@dataclass(frozen=True, slots=True)
class Database:
    """One version of a database: its file, and the metadata that dates it."""

    file_name: str
    folder: str
    layer_type: str
    content: bytes
    metadata: bytes
    updated_at: datetime

    def artifact(self) -> Artifact:
        """Return the OCI artifact as a registry serves it."""
        files = {self.file_name: self.content, "metadata.json": self.metadata}
        return packed(files, self.layer_type, self.updated_at)

    def unpack(self, cache: Path) -> Path:
        """Write the files where Trivy looks for them under a cache directory; return it."""
        folder = cache / self.folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / self.file_name).write_bytes(self.content)
        (folder / "metadata.json").write_bytes(self.metadata)
        return cache


def trivy_database(
    advisories: Iterable[Advisory],
    details: Iterable[VulnerabilityDetail],
    *,
    updated_at: datetime,
    next_update: datetime | None = None,
) -> Database:
    """Make the vulnerability database as Trivy 0.74 reads it, `updated_at` in aware UTC."""
    content = bolt_file(database_tree(advisories, details))
    metadata = metadata_bytes(SCHEMA, updated_at, next_update or updated_at + VALID_FOR)
    return Database("trivy.db", "db", LAYER_TYPE, content, metadata, updated_at)


def database_tree(advisories: Iterable[Advisory], details: Iterable[VulnerabilityDetail]) -> Tree:
    """Lay advisories out as bucket / package / vulnerability, beside details and data sources.

    Raises ValueError where two advisories speak of the same bucket, package and vulnerability.
    """
    buckets: dict[str, dict[str, dict[str, bytes]]] = {}
    for advisory in advisories:
        of_package = buckets.setdefault(advisory.bucket, {}).setdefault(advisory.package, {})
        if advisory.vulnerability in of_package:
            raise ValueError(
                f"two advisories for {advisory.vulnerability} in {advisory.package} "
                f"of {advisory.bucket}; give one"
            )
        of_package[advisory.vulnerability] = json_bytes(_advisory(advisory))
    return {
        **buckets,
        "data-source": {bucket: json_bytes(data_source(bucket)) for bucket in buckets},
        # Trivy reads this bucket without asking whether it is there.
        "vulnerability": {detail.id: json_bytes(_detail(detail)) for detail in details},
    }


def metadata_bytes(schema: int, updated_at: datetime, next_update: datetime) -> bytes:
    """Write metadata.json; DownloadedAt stays Go's zero time until somebody downloads it."""
    return json_bytes(
        {
            "Version": schema,
            "UpdatedAt": rfc3339(updated_at),
            "NextUpdate": rfc3339(next_update),
            "DownloadedAt": "0001-01-01T00:00:00Z",
        }
    )


def _advisory(advisory: Advisory) -> Json:
    if isinstance(advisory, OsAdvisory):
        return _os_advisory(advisory)
    return _language_advisory(advisory)


def _os_advisory(advisory: OsAdvisory) -> Json:
    severity = {"Severity": _SEVERITIES.index(advisory.severity)} if advisory.severity else {}
    if advisory.fixed_version:
        return {"FixedVersion": advisory.fixed_version, **severity}
    status = {"Status": _STATUSES.index(advisory.status)} if advisory.status else {}
    return {**status, **severity}


def _language_advisory(advisory: LanguageAdvisory) -> Json:
    return _present(
        {
            "VulnerableVersions": list(advisory.vulnerable_versions),
            "PatchedVersions": list(advisory.patched_versions),
            "VendorIDs": list(advisory.vendor_ids),
        }
    )


def _detail(detail: VulnerabilityDetail) -> Json:
    ratings = {
        source: _SEVERITIES.index(rating) for source, rating in detail.vendor_severity.items()
    }
    return _present(
        {
            "Title": detail.title,
            "Description": detail.description,
            "Severity": detail.severity,
            "VendorSeverity": ratings,
            "References": list(detail.references),
            "PublishedDate": rfc3339(detail.published) if detail.published else None,
            "LastModifiedDate": rfc3339(detail.modified) if detail.modified else None,
        }
    )


def _present(members: dict[str, Json]) -> dict[str, Json]:
    """Leave out what is empty, as Go's `omitempty` does."""
    return {name: value for name, value in members.items() if value}
