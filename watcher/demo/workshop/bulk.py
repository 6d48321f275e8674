"""Pushing a whole fleet: several connections side by side."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from watcher.demo.workshop.blobs import Pushable
from watcher.demo.workshop.push import Pusher


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to push, and where."""

    repository: str
    tag: str
    content: Pushable


def push_all(base_url: str, jobs: Iterable[Job], *, workers: int = 8) -> list[str]:
    """Push all jobs; return their digests in the jobs' order.

    The registry syncs each blob to disk and is idle meanwhile, hence more workers than cores.
    Jobs of one repository keep their order. Raises WorkshopError where the registry refuses.
    """
    numbered = list(enumerate(jobs))
    repositories = sorted({job.repository for _, job in numbered})
    lane_of = {name: place % workers for place, name in enumerate(repositories)}
    lanes = [
        [(number, job) for number, job in numbered if lane_of[job.repository] == lane]
        for lane in range(workers)
    ]
    digests: dict[int, str] = {}
    with ThreadPoolExecutor(workers) as executor:
        for pushed in executor.map(lambda lane: _push_lane(base_url, lane), lanes):
            digests.update(pushed)
    return [digests[number] for number, _ in numbered]


def _push_lane(base_url: str, lane: list[tuple[int, Job]]) -> dict[int, str]:
    with Pusher(base_url) as pusher:
        return {number: pusher.push(job.repository, job.tag, job.content) for number, job in lane}
