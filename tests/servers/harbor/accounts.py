"""Who may ask a Harbor, and for what."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass, field

from tests.servers.harbor.records import Project

EVERYTHING = frozenset(
    {"read project", "list repository", "read repository", "list artifact", "pull repository"}
)


@dataclass(frozen=True)
class Account:
    """A user or robot with permissions in some projects, or in all where none are named."""

    name: str
    secret: str = field(repr=False)
    robot: bool = False
    projects: Collection[str] | None = None
    permissions: frozenset[str] = EVERYTHING

    def may(self, permission: str, project: Project) -> bool:
        """Tell whether it holds a permission in a project."""
        return (self.belongs_to(project) and permission in self.permissions) or project.public

    def belongs_to(self, project: Project) -> bool:
        """Tell whether it is a member, or a robot with some permission there."""
        return self.projects is None or project.name in self.projects


def login(header: str) -> tuple[str, str] | None:
    """Read a Basic Authorization header."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name, secret
