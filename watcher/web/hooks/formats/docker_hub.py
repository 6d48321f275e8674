"""Webhooks of Docker Hub: one for each push of a tag. The callback that they offer is not called.

https://docs.docker.com/docker-hub/repos/manage/webhooks/
"""

from __future__ import annotations

from collections.abc import Collection

from watcher.web.hooks.document import Document, optional_text, section, text
from watcher.web.hooks.hint import Hint, hints


def read(push: Document, namespaces: Collection[str]) -> frozenset[Hint]:
    """Hints of a push, where it is into a namespace that is watched."""
    repository = section(push, "repository")
    namespace, name = text(repository, "namespace"), text(repository, "name")
    tag = optional_text(section(push, "push_data"), "tag")
    return hints([(f"{namespace}/{name}", tag)] if namespace in namespaces else [])
