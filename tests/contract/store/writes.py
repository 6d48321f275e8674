"""Every way to record something in the name of a pass, over a record where it changes something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import Engine

from tests.contract.store.fleet import day
from tests.contract.store.record import (
    begin,
    bind,
    bound,
    catalogue,
    catalogued,
    digest,
    finding,
    image,
    manifest,
    match,
    package,
    repository,
)
from tests.contract.store.test_bumps import SHOP, plan, ticket
from watcher.adapters.store.attestations import SqlAttestations
from watcher.adapters.store.audits import SqlAudits
from watcher.adapters.store.bumps import SqlBumps
from watcher.adapters.store.catalogues import SqlCatalogues
from watcher.adapters.store.directs import SqlDirects
from watcher.adapters.store.feeds import SqlFeeds
from watcher.adapters.store.inventory import SqlInventory
from watcher.adapters.store.jobs import SqlJobs
from watcher.adapters.store.ledger import SqlLedger
from watcher.adapters.store.lineages import SqlLineages
from watcher.adapters.store.matches import SqlMatches
from watcher.adapters.store.offers import SqlOffers
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.store.statements.record import SqlVex
from watcher.domain.inventory import TagChanges, TagInterval
from watcher.domain.reference import Repository
from watcher.domain.ticket import TicketKey
from watcher.domain.vex import Product, Statement
from watcher.ports.feeds import Listing, Listings
from watcher.ports.store.attestations import Attested, Place
from watcher.ports.store.audits import Audited
from watcher.ports.store.catalogues import CatalogueOrigin
from watcher.ports.store.jobs import Order
from watcher.ports.store.matches import ContextMatch, Stamp
from watcher.ports.store.offers import OlderOffer
from watcher.ports.store.passes import Failure, PassRecord
from watcher.ports.vex import VexDocument
from watcher.services.exposure import folded

Write = Callable[[Engine, PassRecord], object]

P = package("p")
FOUND = catalogue([P], [finding(P, "V")])
ORIGIN = CatalogueOrigin("0.75.0", digest("later"), None)
KEY = TicketKey(1, SHOP)
ATTACHED = Attested(digest("A"), "a" * 64, signed=False, place="tag", content={})
OFFER = OlderOffer("db:2", digest("older"), day(-2), day(0))


def prepare(engine: Engine) -> None:
    """One image, bound, catalogued and matched, and one that waits; nothing of it is folded."""
    this = begin(engine, 0)
    number = repository(engine, this)
    _tags(engine, this, "latest")
    bind(engine, this, number, bound("A", 0))
    catalogued(engine, this, "A", FOUND)
    match(engine, this, -1, {"p": ["V"]})
    bind(engine, this, number, bound("A", 0, 0.5), bound("B", 0.5))
    SqlBumps(engine).intend(this, "tickets", KEY, "create")
    SqlOffers(engine).offered(this, OFFER)


def _tags(engine: Engine, this: PassRecord, tag: str) -> None:
    store = SqlInventory(engine)
    (known,) = store.known("local").values()
    begun = TagInterval(tag, digest("A"), this.at, pushed_at=day(-1))
    store.record_tags(this, {known.number: TagChanges((begun,))}, {known.number: known})


def _unseen_moves(engine: Engine, this: PassRecord) -> None:
    store = SqlInventory(engine)
    (known,) = store.known("local").values()
    store.record_unseen_moves(this, {known.tags["latest"].interval: this.at})


def _revise(engine: Engine, this: PassRecord) -> None:
    ledger = SqlLedger(engine)
    (batch,) = ledger.pending(this)
    ledger.revise(this, [(facts, folded(facts)) for facts in batch])


def _match(engine: Engine, this: PassRecord) -> None:
    store = SqlMatches(engine)
    (version,), (context,) = store.versions(), store.contexts(day(-30))
    left = ContextMatch(
        context=context.number,
        last_version=context.last_version,
        whole=False,
        package_count=0,
        joined=frozenset(),
        left=frozenset(store.taking_part(context.number)),
        appeared=(),
        disappeared=(),
        reassessed=(),
    )
    store.record(this, version, left)


def _state(engine: Engine, this: PassRecord) -> None:
    said = Statement("acme", ("V",), (Product("local/shop/api"),), "not_affected", "", day(0))
    SqlVex(engine).record(this, {"feed": [VexDocument("a.json", "a" * 64, (said,))]})


def _waiting(engine: Engine) -> int:
    (one,) = SqlCatalogues(engine).uncatalogued()
    return one.image


# By port and method.
WRITES: Final[Mapping[str, Write]] = {
    "Attestations.add": lambda engine, this: SqlAttestations(engine).add(
        this, Repository("local", "shop/api"), [ATTACHED]
    ),
    "Attestations.looked": lambda engine, this: SqlAttestations(engine).looked(
        this, {Place(Repository("local", "shop/api"), digest("A")): [ATTACHED]}
    ),
    "Audits.record": lambda engine, this: SqlAudits(engine).record(
        this, 1, 1, Audited("local/shop/api", 1, []), "0.74.0"
    ),
    "Audits.again": lambda engine, this: SqlAudits(engine).again(this, 1, ORIGIN, FOUND),
    "Bumps.plan": lambda engine, this: SqlBumps(engine).plan(this, [plan()]),
    "Bumps.intend": lambda engine, this: SqlBumps(engine).intend(this, "tickets", KEY, "close"),
    "Bumps.settle": lambda engine, this: SqlBumps(engine).settle(this, 1),
    "Bumps.filed": lambda engine, this: SqlBumps(engine).filed(this, ticket()),
    "Catalogues.add": lambda engine, this: SqlCatalogues(engine).add(
        this, _waiting(engine), ORIGIN, FOUND
    ),
    "Catalogues.audited": lambda engine, this: SqlCatalogues(engine).audited(this, 1, None),
    "Catalogues.expire": lambda engine, this: SqlCatalogues(engine).expire(this, day(9)),
    "Directs.listed": lambda engine, this: SqlDirects(engine).listed(
        this, digest("A"), ORIGIN, FOUND
    ),
    "FeedRecords.record": lambda engine, this: SqlFeeds(engine).record(
        this, "kev", "a" * 64, Listings(day(0), [Listing("V", day(0), None, ransomware=False)])
    ),
    "Inventory.include": lambda engine, this: SqlInventory(engine).include(this, "local", ["new"]),
    "Inventory.leave_out": lambda engine, this: SqlInventory(engine).leave_out(this, [1]),
    "Inventory.leave_out_registries": lambda engine, this: SqlInventory(
        engine
    ).leave_out_registries(this, {"other"}),
    "Inventory.record_tags": lambda engine, this: _tags(engine, this, "new"),
    "Inventory.record_unseen_moves": _unseen_moves,
    "Inventory.add_manifest": lambda engine, this: SqlInventory(engine).add_manifest(
        this, manifest("C", [image("C")]), [image("C")]
    ),
    "Inventory.revise_streams": lambda engine, this: SqlInventory(engine).revise_streams(
        this, {1: []}
    ),
    "Jobs.order": lambda engine, this: SqlJobs(engine).order(
        this, "match", [Order("a", {})], eager=True
    ),
    "Ledger.revise": _revise,
    "Ledger.folded": lambda engine, this: SqlLedger(engine).folded(this),
    "Lineages.identified": lambda engine, this: SqlLineages(engine).identified(this, {1: None}),
    "Matches.adopt": lambda engine, this: SqlMatches(engine).adopt(
        this, Stamp("0.75.0", digest("later"), "db:2", day(0), day(0))
    ),
    "Matches.adopt_java_db": lambda engine, this: SqlMatches(engine).adopt_java_db(
        this, digest("java")
    ),
    "Matches.record": _match,
    "Offers.offered": lambda engine, this: SqlOffers(engine).offered(this, OFFER),
    "Offers.over": lambda engine, this: SqlOffers(engine).over(this, OFFER.source),
    "Passes.finish": lambda engine, this: SqlPasses(engine).finish(this, "complete", {}),
    "Passes.cover": lambda engine, this: SqlPasses(engine).cover(this, "inventory", {1}),
    "Passes.record_failures": lambda engine, this: SqlPasses(engine).record_failures(
        this, "inventory", [Failure("inventory", "local", "down", retry=True)]
    ),
    "VexRecord.record": _state,
}
