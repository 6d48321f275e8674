"""Webhooks of Harbor in its own format, which it calls Default.

https://goharbor.io/docs/main/working-with-projects/project-configuration/configure-webhooks/
"""

from __future__ import annotations

from typing import Final

from watcher.domain.reference import is_digest
from watcher.web.hooks.document import Document, optional_text, section, sections, text
from watcher.web.hooks.hint import Hint, hints

_MOVING: Final = {"PUSH_ARTIFACT", "DELETE_ARTIFACT"}


def read(event: Document) -> frozenset[Hint]:
    """Hints of an event; pulls, scans, quotas and the like are none."""
    if text(event, "type") not in _MOVING:
        return frozenset()
    return of_artifacts(section(event, "event_data"))


def of_artifacts(told: Document) -> frozenset[Hint]:
    """Hints of what either format says of artifacts."""
    path = text(section(told, "repository"), "repo_full_name")
    return hints((path, _tag(one)) for one in sections(told, "resources"))


def _tag(resource: Document) -> str | None:
    """The tag that is told of; Harbor puts the digest there where the artifact has none."""
    tag = optional_text(resource, "tag")
    return None if tag is None or is_digest(tag) else tag
