"""The real Distribution registry as tests use it: open, behind passwords, behind tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from watcher.demo.workshop import READER, Pusher, Registry, TokenServer, basic_auth


class Served:
    """A registry that tests read from, and a way to push that needs no password."""

    def __init__(self, registry: Registry, pusher: Pusher) -> None:
        self.registry = registry
        self.pusher = pusher
        self.guarded = registry.auth is not None


@contextmanager
def served(folder: Path, auth: str = "none", tokens: TokenServer | None = None) -> Iterator[Served]:
    """Start a registry in a folder; `auth` is `none`, `basic` or `token`, for the login READER.

    `token` needs the server that gives them.
    """
    with ExitStack() as stack:
        registry = Registry(folder / "registry")
        stack.enter_context(registry)
        # Tokens only ever allow to read, so a second server without any takes what is pushed.
        reading = registry
        if auth != "none":
            by_password = basic_auth(folder / "logins", READER)
            section = tokens.auth() if auth == "token" and tokens else by_password
            reading = stack.enter_context(Registry(folder / "registry", auth=section))
        pusher = stack.enter_context(Pusher(registry.url))
        yield Served(reading, pusher)
