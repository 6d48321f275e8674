"""A job on one image: what it is told, and the task that this asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from watcher.domain.reference import Repository
from watcher.ports.crew import CatalogTask, Wanted


def told_of(repository: Repository, digest: str, under: Wanted) -> dict[str, object]:
    """What a job on an image is told, as JSON can hold it."""
    return {
        "registry": repository.registry,
        "path": repository.path,
        "digest": digest,
        "under": asdict(under),
    }


def task_of(told: Mapping[str, Any], *, shared: bool = False) -> CatalogTask:
    """The task that such a job asks for."""
    under = Wanted(**told["under"])
    return CatalogTask(told["registry"], told["path"], told["digest"], under, shared=shared)
