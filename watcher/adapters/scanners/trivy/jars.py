"""Jars that the Java database does not know: Trivy leaves them out of its list, and says so."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Final

from watcher.adapters.scanners.trivy.command import LONGEST_LOG

# Lines of `--debug`; a file's name is quoted in them, so that none can forge a line.
_UNKNOWN: Final = re.compile(
    r"^\S+\tDEBUG\t\[jar\] No such POM in the central repositories\t", re.MULTILINE
)
_ANALYSED: Final = re.compile(
    r'^\S+\tDEBUG\t\[image\] Missing diff ID in cache\tdiff_id="(sha256:[0-9a-f]{64})"',
    re.MULTILINE,
)


def any_unknown(log: str) -> bool:
    """Whether a run met a jar that the Java database could not name by its digest.

    A log that is cut in its middle may have told of one.
    """
    return len(log) >= LONGEST_LOG or _UNKNOWN.search(log) is not None


def analysed(log: str) -> frozenset[str]:
    """The layers, by diff id, that a run analysed itself."""
    return frozenset(_ANALYSED.findall(log))


def layers_of(report: bytes) -> frozenset[str]:
    """The layers of the image that a report is about; none where it is no report."""
    with suppress(ValueError, RecursionError, LookupError, TypeError):
        return frozenset(json.loads(report)["Metadata"]["DiffIDs"])
    return frozenset()
