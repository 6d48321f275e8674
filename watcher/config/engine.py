"""What watcher runs on: database, Trivy, schedule, executor, retention."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from watcher.config.moments import Span, When
from watcher.config.secret import Secret
from watcher.config.section import Section
from watcher.config.values import (
    ArtifactText,
    Count,
    DaskAddress,
    HostAddress,
    Size,
    Text,
)
from watcher.domain.reference import ArtifactReference

_DB = ("mirror.gcr.io/aquasec/trivy-db:2", "ghcr.io/aquasecurity/trivy-db:2")
_JAVA_DB = ("mirror.gcr.io/aquasec/trivy-java-db:1", "ghcr.io/aquasecurity/trivy-java-db:1")


class Database(Section):
    """Where facts are kept: the address of SQLAlchemy, a secret because it may hold a password."""

    url: Secret = Secret("sqlite:///watcher.db")


class Trivy(Section):
    """The scanner, and where its databases are offered, in the order in which they are asked."""

    binary: Text = "trivy"
    db: Annotated[tuple[ArtifactText, ...], Field(min_length=1)] = tuple(
        map(ArtifactReference.parse, _DB)
    )
    java_db: tuple[ArtifactText, ...] = tuple(map(ArtifactReference.parse, _JAVA_DB))
    timeout: Span = timedelta(minutes=10)
    workers: Count = 4
    memory: Size | None = 4 << 30


class Schedule(Section):
    """When `run` does what: a duration between two starts, or a cron line in UTC.

    `reconcile` is a duration: after so long every repository is listed in full, whatever its
    registry says of what was pushed.
    """

    knowledge: When = timedelta(minutes=10)
    inventory: When = timedelta(minutes=15)
    reconcile: Span = timedelta(hours=6)
    tickets: When = timedelta(hours=1)
    audit: When = "0 3 * * *"


class Dask(Section):
    """A Dask cluster's scheduler."""

    scheduler: DaskAddress


class DaskExecutor(Section):
    """Work spread over a Dask cluster instead of threads."""

    dask: Dask


def _executor(given: object) -> str:
    return "DaskExecutor" if isinstance(given, Mapping | DaskExecutor) else "threads"


Executor = Annotated[
    Annotated[Literal["threads"], Tag("threads")] | Annotated[DaskExecutor, Tag("DaskExecutor")],
    Discriminator(_executor),
]


class Retention(Section):
    """How long raw material is kept; facts are kept as long as their windows."""

    db_files: Count = 5
    raw: Span = timedelta(days=30)


class Tracing(Section):
    """Where traces are sent: a collector that takes OTLP over HTTP."""

    endpoint: HostAddress | None = None
