"""All tables, by what they record; `metadata` knows every one of them.

Valid time is written as times. Recorded time is written as numbers of passes, which grow with it:
`opened_in` is the pass that learnt a fact, `closed_in` the one that learnt its end, and
`superseded_in` the one that learnt better. What was known at T is what the last pass up to T knew.
"""

from watcher.adapters.store.tables import (
    access,
    attestations,
    digests,
    feeds,
    filing,
    inventory,
    jobs,
    knowledge,
    ledger,
    packages,
    passes,
    published,
    vex,
)
from watcher.adapters.store.tables.base import metadata

__all__ = [
    "access",
    "attestations",
    "digests",
    "feeds",
    "filing",
    "inventory",
    "jobs",
    "knowledge",
    "ledger",
    "metadata",
    "packages",
    "passes",
    "published",
    "vex",
]
