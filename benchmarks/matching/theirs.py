"""Trivy's side: the same images scanned again in each of its own ways."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.matching.town import Town
from benchmarks.trivy import Found, Trivy
from watcher.adapters.scanners.trivy import TrivyScanner
from watcher.demo.workshop.locate import find_tool
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles

COLD, CACHED, SERVER = "layers cold", "layers cached", "trivy image --server"
_SINGLE = 20  # images catalogued one after another, beside plain scans of them


@dataclass(frozen=True, slots=True)
class Way:
    """One of Trivy's ways: seconds for the images scanned, and what it found, by repository."""

    seconds: float
    found: dict[str, Found]


def scans(town: Town) -> dict[str, Way]:
    """Scan the images that are scanned, in each way."""
    trivy = Trivy(Path(find_tool("trivy")), town.folder / "theirs", town.size.workers)
    database = town.fleet.database(2)
    named = dict(list(town.references.items())[: town.size.scanned])
    trivy.load(database, town.fleet.java_database())
    ways = {
        COLD: _way(named, trivy.scan_all),
        CACHED: _way(named, trivy.scan_all),
    }
    with trivy.server(database) as address:
        trivy.scan_all(list(named.values()), address)
        ways[SERVER] = _way(named, lambda images: trivy.scan_all(images, address))
    return ways


def first_catalogue(town: Town) -> float:
    """A first catalogue of single images, beside `trivy image`; both with nothing cached."""
    images = list(town.references.values())[:_SINGLE]
    trivy = Trivy(Path(find_tool("trivy")), town.folder / "plain", 1)
    ours = plain = 0.0
    for number, reference in enumerate(images):
        trivy.folder = town.folder / "plain" / str(number)
        trivy.load(town.fleet.database(2), town.fleet.java_database())
        begun = time.perf_counter()
        trivy.scan_all([reference])
        plain += time.perf_counter() - begun
        cache = trivy.folder / "cache-0"
        knowledge = KnowledgeFiles(cache / "db", cache / "java-db")
        scanner = TrivyScanner(str(find_tool("trivy")), town.folder / "plain" / f"state-{number}")
        access = PullAccess(reference, plain_http=True)
        _ = scanner.version
        begun = time.perf_counter()
        scanner.catalog(access, knowledge, shared=True)
        ours += time.perf_counter() - begun
    return ours / plain


def _way(named: dict[str, str], scan: Callable[[Sequence[str]], dict[str, Found]]) -> Way:
    begun = time.perf_counter()
    found = scan(list(named.values()))
    seconds = time.perf_counter() - begun
    return Way(seconds, {name: found[reference] for name, reference in named.items()})
