"""The record of what is built on what: identities of bases, lineages, and contents of images."""

from __future__ import annotations

from watcher.adapters.store.lineages.record import SqlLineages

__all__ = ["SqlLineages"]
