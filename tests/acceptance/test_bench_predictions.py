"""What is predicted of the benchmarks' fleet is what Trivy finds in images really rebuilt."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from benchmarks.fleet import BASES, START, SYSTEMS, Fleet, system_layer
from tests.acceptance.season.played import predictions
from tests.acceptance.season.rebuilding import compared
from watcher.bootstrap import build
from watcher.cli.application import run
from watcher.cli.session import Session
from watcher.config import load
from watcher.demo.workshop import Image, Job, Registry, push_all
from watcher.demo.workshop.locate import find_tool

pytestmark = pytest.mark.servers

IMAGES, PACKAGES = 24, 30
NEWER = 6  # a base is rebuilt with versions that are so much higher


def bases(fleet: Fleet, newer: int = 0) -> list[Image]:
    """The bases of the fleet, each as an image of its own."""
    return [
        Image(
            [system_layer(SYSTEMS[number % len(SYSTEMS)], number + newer, fleet.packages)],
            created=START + timedelta(days=newer),
        )
        for number in range(BASES)
    ]


def pushed(registry: Registry, made: list[Image]) -> None:
    push_all(
        registry.url, [Job(f"base/b{number}", "1", image) for number, image in enumerate(made)]
    )


@contextmanager
def watched(folder: Path, fleet: Fleet) -> Iterator[tuple[Registry, Path]]:
    """The fleet and its databases on real servers, and a configuration."""
    with Registry(folder / "registry") as registry, Registry(folder / "mirror") as mirror:
        told = {
            "database": {"url": f"sqlite:///{folder}/watcher.db"},
            "state": str(folder / "state"),
            "trivy": {
                "binary": str(find_tool("trivy")),
                "db": [f"{mirror.host}/db:2"],
                "java_db": [f"{mirror.host}/java:1"],
            },
            "registries": [{"name": "local", "kind": "oci", "url": registry.url}],
            "bases": ["local/base/**"],
            "owners": [{"match": "local/**", "team": "all"}],
        }
        configuration = folder / "watcher.yaml"
        configuration.write_text(yaml.safe_dump(told))
        databases = [
            Job("db", "2", fleet.database(0).artifact()),
            Job("java", "1", fleet.java_database().artifact()),
        ]
        push_all(mirror.url, databases)
        yield registry, configuration


def sync(configuration: Path, day: int) -> None:
    at = START + timedelta(days=day)
    session = Session(environment=dict(os.environ), now=lambda: START + timedelta(days=99))
    told = ["sync", "--at", f"{at:%Y-%m-%dT%H:%M:%SZ}"]
    assert run(["--config", str(configuration), *told], session) == 0


def knowledge(folder: Path) -> Path:
    """The folders of databases as Trivy takes them, each with the Java database beside it."""
    state = folder / "state" / "knowledge"
    (java,) = (one / "java-db" for one in state.iterdir() if (one / "java-db").is_dir())
    for one in list(state.iterdir()):
        if (one / "db").is_dir():
            cache = folder / "caches" / one.name
            cache.mkdir(parents=True)
            (cache / "db").symlink_to(one / "db")
            (cache / "java-db").symlink_to(java)
    return folder / "caches"


def test_predicted_findings_of_the_benchmarks_fleet_are_those_of_a_full_scan(
    tmp_path: Path,
) -> None:
    fleet = Fleet(IMAGES, PACKAGES)
    old, new = bases(fleet), bases(fleet, NEWER)
    jobs = list(fleet.jobs())
    made = [one.content for one in jobs if isinstance(one.content, Image)]
    images = {one.digest: one for one in (*made, *old, *new)}
    with watched(tmp_path, fleet) as (registry, configuration):
        pushed(registry, old)
        push_all(registry.url, jobs)
        sync(configuration, 1)
        pushed(registry, new)
        sync(configuration, 8)
        with build(load(configuration, dict(os.environ))) as app:
            told = [one for one in predictions(app) if one.proven]
    (tmp_path / "scans").mkdir()
    found = compared(told, images, tmp_path / "scans", knowledge(tmp_path))
    assert found.wrong == {}
    assert found.predictions == IMAGES
