"""The states that a registry may be in for `watcher doctor`, and how each kind gets there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from tests.servers.hostile import Reply, Seen
from watcher.adapters.http import Connecting, Retrying, Timeouts
from watcher.ports.registry import Registry
from watcher.report.doctor import State

STATES: Final = (
    "fine",
    "nobody there",
    "another host",
    "no credentials",
    "wrong credentials",
    "a right is missing",
    "rate-limited",
    "a pattern that matches nothing",
    "the registry's name in front",
    "nothing included",
    "a repository that is not there",
)
ONCE: Final = Connecting(
    timeouts=Timeouts(connect=2, read=5, total=10), retrying=Retrying(attempts=1)
)
ALL: Final = ("**",)
NOBODY: Final = "http://127.0.0.1:9"
PAUSE: Final = "it wants us to wait 90 s"
LIMITED: Final = Reply(429, {"Retry-After": "90"})
PAGE: Final = Reply(200, {"Content-Type": "text/html"}, b"<html>hello</html>")


@dataclass(frozen=True)
class Said:
    """A registry in a state, and what is said of it: how it is, and a part of the line."""

    registry: Registry
    state: State
    text: str


def always(reply: Reply) -> Callable[[Seen], Reply]:
    """Answer all that is asked with the same."""
    return lambda _: reply


def selecting(
    state: str,
    build: Callable[[tuple[str, ...]], Registry],
    head: str,
    *,
    in_front: Literal["warn", "fail"] = "warn",
) -> Iterator[Said]:
    """Give the states that lie in what is included; `head` is what all paths begin with.

    `in_front` tells what becomes of the registry's name there.
    """
    match state:
        case "a pattern that matches nothing":
            text = f"{head}zzz* matches nothing; there are {head}api"
            yield Said(build((f"{head}zzz*",)), "warn", text)
            yield Said(build((f"{head}api", f"{head}zzz*")), "warn", text)
        case "the registry's name in front":
            text = f"leave out the registry's name and write {head}**"
            yield Said(build((f"local/{head}**",)), in_front, text)
        case "nothing included":
            text = "nothing is watched: include is empty; name repositories, or remove the key"
            yield Said(build(()), "warn", text)
        case "a repository that is not there":
            text = f"{head}apii is not there, not yet or by mistake; did you mean {head}api?"
            yield Said(build((f"{head}apii",)), "warn", text)
            yield Said(build((f"{head}apii", f"{head}**")), "warn", text)
