"""Backups: one SQLite file with the tables of a database, whichever kind that is, and a manifest.

A backup is taken from one snapshot while passes go on, and restored into a database of either
kind. It is whole or not there: what is being written carries another name until it was verified.
"""

from watcher.adapters.store.backup.making import back_up
from watcher.adapters.store.backup.manifest import Manifest
from watcher.adapters.store.backup.restoring import restore
from watcher.adapters.store.backup.verifying import verified

__all__ = ["Manifest", "back_up", "restore", "verified"]
