"""Notifications of Google Artifact Registry as Pub/Sub pushes them.

https://cloud.google.com/artifact-registry/docs/configure-notifications
https://cloud.google.com/pubsub/docs/push
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Final

from watcher.web.hooks.document import (
    Document,
    UnreadableError,
    optional_text,
    parse,
    section,
    text,
)
from watcher.web.hooks.hint import Hint, hints

_MOVING: Final = {"INSERT", "DELETE"}
_DOMAIN: Final = "-docker.pkg.dev"
# Hosts of Container Registry that Artifact Registry serves now, each from a repository of its name.
_OLD: Final = {
    "gcr.io": "us",
    "us.gcr.io": "us",
    "eu.gcr.io": "europe",
    "asia.gcr.io": "asia",
}


def read(push: Document, project: str, location: str) -> frozenset[Hint]:
    """Hints of a message, where it is about the project and location that are watched."""
    notification = parse(_decoded(text(section(push, "message"), "data")))
    if text(notification, "action") not in _MOVING:
        return frozenset()
    tag, digest = optional_text(notification, "tag"), optional_text(notification, "digest")
    if tag is not None:
        name, _, told = tag.rpartition(":")
    elif digest is not None:
        name, told = digest.partition("@")[0], ""
    else:
        raise UnreadableError("message.data names neither tag nor digest")
    path = _path(name, project, location)
    return hints([(path, told)] if path else [])


def _decoded(content: str) -> bytes:
    try:
        return b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableError("message.data is no base64") from None


def _path(name: str, project: str, location: str) -> str | None:
    """`<repository>/<image>` of a name with host and project; None where it is not watched."""
    host, _, rest = name.partition("/")
    # A project of a domain, example.com:acme, is written with a slash.
    prefix = f"{project.replace(':', '/')}/"
    if not rest.startswith(prefix):
        return None
    path = rest.removeprefix(prefix)
    if host in _OLD:
        return f"{host}/{path}" if _OLD[host] == location else None
    return path if host == f"{location}{_DOMAIN}" else None
