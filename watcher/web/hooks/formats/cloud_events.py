"""Webhooks of Harbor in the format CloudEvents.

https://goharbor.io/docs/main/working-with-projects/project-configuration/configure-webhooks/
"""

from __future__ import annotations

from typing import Final

from watcher.web.hooks.document import Document, section, text
from watcher.web.hooks.formats.harbor import of_artifacts
from watcher.web.hooks.hint import Hint

_MOVING: Final = {"harbor.artifact.pushed", "harbor.artifact.deleted"}


def read(event: Document) -> frozenset[Hint]:
    """Hints of an event; pulls, scans, quotas and the like are none."""
    if text(event, "type") not in _MOVING:
        return frozenset()
    return of_artifacts(section(event, "data"))
