"""Accounts for a registry that asks who is there: Basic authentication from an htpasswd file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from watcher.demo.workshop.blobs import Json


@dataclass(frozen=True, slots=True)
class Login:
    """An account; the registry wants its password as a bcrypt hash."""

    username: str
    password: str
    bcrypt: str


# An account of the demo and the tests, for registries on loopback only: no secret.
READER = Login(
    "reader", "shown-in-the-open", "$2b$05$JEAwDUsJzTG0OCPybVZlSuvOd9PVWIaaySzBlbdWkW/CHxn6URQYC"
)


def basic_auth(folder: Path, *logins: Login) -> dict[str, Json]:
    """Write an htpasswd file and return the registry's `auth` section that uses it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "htpasswd"
    path.write_text("".join(f"{one.username}:{one.bcrypt}\n" for one in logins))
    return {"htpasswd": {"realm": "workshop", "path": str(path)}}
