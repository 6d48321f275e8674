"""The Java database in Trivy's own format: which jar has which SHA-1."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.demo.workshop.database import Database, metadata_bytes

LAYER_TYPE = "application/vnd.aquasec.trivy.javadb.layer.v1.tar+gzip"
SCHEMA = 1
# Upstream builds the Java database once in three days.
VALID_FOR = timedelta(days=3)

# The tables and indexes are those of trivy-java-db's `pkg/db`.
_SCHEMA = """
CREATE TABLE artifacts(id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT);
CREATE TABLE indices(artifact_id INTEGER, version TEXT, sha1 BLOB, archive_type TEXT,
    FOREIGN KEY (artifact_id) REFERENCES artifacts(id));
CREATE UNIQUE INDEX artifacts_idx ON artifacts(artifact_id, group_id);
CREATE INDEX indices_artifact_idx ON indices(artifact_id);
CREATE UNIQUE INDEX indices_sha1_idx ON indices(sha1);
"""


@dataclass(frozen=True, slots=True)
class JavaArtifact:
    """A published archive; `sha1` is the digest of its bytes in hex."""

    group: str
    artifact: str
    version: str
    sha1: str
    archive_type: str = "jar"


def java_database(
    artifacts: Iterable[JavaArtifact], *, updated_at: datetime, next_update: datetime | None = None
) -> Database:
    """Make the Java database as Trivy 0.74 reads it, `updated_at` in aware UTC."""
    metadata = metadata_bytes(SCHEMA, updated_at, next_update or updated_at + VALID_FOR)
    content = _sqlite_file(sorted(artifacts, key=lambda one: one.sha1))
    return Database("trivy-java.db", "java-db", LAYER_TYPE, content, metadata, updated_at)


def _sqlite_file(artifacts: list[JavaArtifact]) -> bytes:
    names = sorted({(one.group, one.artifact) for one in artifacts})
    numbers = {name: number for number, name in enumerate(names, start=1)}
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_SCHEMA)
        connection.executemany(
            "INSERT INTO artifacts VALUES (?, ?, ?)",
            [(number, *name) for name, number in numbers.items()],
        )
        connection.executemany(
            "INSERT INTO indices VALUES (?, ?, ?, ?)",
            [
                (
                    numbers[one.group, one.artifact],
                    one.version,
                    bytes.fromhex(one.sha1),
                    one.archive_type,
                )
                for one in artifacts
            ],
        )
        connection.commit()
        return connection.serialize()
