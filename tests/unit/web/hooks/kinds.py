"""A registry of every kind as it is configured, adapter or not."""

from __future__ import annotations

from typing import Any, Final

from pydantic import TypeAdapter

from watcher.config.registries import EveryKind

_KINDS: Final = TypeAdapter[EveryKind](EveryKind)
_TOLD: Final[dict[str, dict[str, Any]]] = {
    "oci": {"url": "http://127.0.0.1:9"},
    "harbor": {"url": "http://127.0.0.1:9"},
    "docker-hub": {"namespaces": ["acme"]},
    "ecr": {
        "regions": ["eu-west-1", "us-east-1"],
        "roles": ["arn:aws:iam::222222222222:role/watcher"],
    },
    "artifact-registry": {"project": "acme", "location": "europe"},
}


def registry(kind: str, **more: object) -> EveryKind:
    """A registry of a kind, called as the kind is."""
    told = {"name": kind, "kind": kind, **_TOLD[kind], **more}
    return _KINDS.validate_python(told, context={})
