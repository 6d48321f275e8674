"""What jobs give is recorded under the pass that wants it, or not at all: nothing is folded past.

The exposure stage folds what was recorded since it last did, by the numbers of passes. A fact that
came later under an earlier pass would be folded by nobody, ever.
"""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.contract.store.record import (
    begin,
    bind,
    bound,
    catalogue,
    catalogued,
    digest,
    finding,
    match,
    package,
    repository,
    rows,
)
from watcher.adapters.store.catalogues import SqlCatalogues
from watcher.adapters.store.jobs import SqlJobs
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.presence import SqlPresence
from watcher.ports.store.catalogues import CatalogueOrigin
from watcher.ports.store.jobs import Job, Order
from watcher.ports.store.passes import TooLateError
from watcher.services.match import REMEMBERED, Asked, compare

P = package("p")
FOUND = catalogue([P], [finding(P, "V")])
ORIGIN = CatalogueOrigin("0.74.0", digest("db"), None)


def claimed(engine: Engine, worker: int, stage: str) -> Job:
    """A job of the pass that runs, in somebody's hands."""
    (job,) = SqlJobs(engine).claim(worker, [stage], 1)
    return job


def test_a_catalogue_of_a_pass_that_is_over_is_not_recorded(engine: Engine) -> None:
    this, jobs = begin(engine, 0), SqlJobs(engine)
    bind(engine, this, repository(engine, this), bound("app", 0))
    (image,) = SqlCatalogues(engine).uncatalogued()
    jobs.order(this, "catalog", [Order("app", {})], eager=True)
    with SqlPresence(engine).joined("worker") as worker:
        job = claimed(engine, worker, "catalog")
        begin(engine, 1)
        before = rows(engine)
        with pytest.raises(TooLateError):
            SqlCatalogues(engine).add(job.wanted, image.image, ORIGIN, FOUND)
        assert rows(engine) == before
        jobs.order(begin(engine, 2), "catalog", [Order("app", {})], eager=True)
        now = jobs.still(job)
        assert now is not None
        SqlCatalogues(engine).add(now.wanted, image.image, ORIGIN, FOUND)
    assert SqlCatalogues(engine).uncatalogued() == []


def test_a_match_of_a_pass_that_is_over_is_not_recorded(engine: Engine) -> None:
    this, jobs, store = begin(engine, 0), SqlJobs(engine), SqlMatches(engine)
    bind(engine, this, repository(engine, this), bound("app", 0))
    catalogued(engine, this, "app", FOUND)
    version = match(engine, this, 0, {})
    jobs.order(this, "match", [Order("debian 12", {})], eager=True)
    (context,) = store.contexts(this.at - REMEMBERED)
    members = store.in_scope(context.number, this.at - REMEMBERED, only_new=False)
    asked = Asked(context, False, members, store.taking_part(context.number))  # noqa: FBT003
    (number,) = members
    change = compare(asked, {}, {(number, "V"): finding(P, "V")}, (store.versions(), version))
    with SqlPresence(engine).joined("worker") as worker:
        job = claimed(engine, worker, "match")
        jobs.release(worker)
        before = rows(engine)
        with pytest.raises(TooLateError):
            store.record(job.wanted, version, change)
        assert rows(engine) == before
        job = claimed(engine, worker, "match")
        assert store.record(job.wanted, version, change)
        assert rows(engine)["matches"] == before["matches"] + 1
