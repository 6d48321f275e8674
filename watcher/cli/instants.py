"""Times as the command line takes them: read by the same rules as everywhere else."""

from __future__ import annotations

from watcher.reading.instants import parse_instant

__all__ = ["parse_instant"]
