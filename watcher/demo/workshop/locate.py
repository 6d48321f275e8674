"""What a server on this machine needs before it starts: its program, and a port of its own."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

from watcher.demo.workshop.errors import WorkshopError

_TOOLS = Path(__file__).parents[3] / ".tools" / "bin"


def find_tool(name: str) -> Path:
    """Return the program that setup built under `.tools`, else the one on PATH.

    Raises WorkshopError where there is neither.
    """
    built = _TOOLS / name
    if built.exists():
        return built
    if found := shutil.which(name):
        return Path(found)
    raise WorkshopError(f"no {name} under {_TOOLS} and none on PATH; run `make setup`")


def free_port() -> int:
    """Return a port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
