"""Everything that can go wrong in a pass, by name, each for as long as its block lasts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager

from tests.integration.recovery.world import World
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
    WatcherError,
)
from watcher.services.pass_ import Stage

Fault = Callable[[World], AbstractContextManager[None]]

AWAY = TransientError("nobody answers there")
REFUSED = UnauthorizedError("401; the username or password is refused")
SLOW = RateLimitedError("429; a lower rate helps", 30.0)
SPOILED = PermanentError("other bytes than these\nwith a second line")


def registry(error: WatcherError, repository: str | None = None, tag: str | None = None) -> Fault:
    """The registry fails: as a whole, for a repository, or for a tag."""

    @contextmanager
    def failing(world: World) -> Iterator[None]:
        world.registry.fail(error, repository, tag)
        yield
        world.registry.heal()

    return failing


def source(error: WatcherError, step: str | None = None) -> Fault:
    """The source of databases fails: at every request, or at one step behind the poll."""

    @contextmanager
    def failing(world: World) -> Iterator[None]:
        if step is None:
            world.source.fail(error)
        else:
            world.source.broken[step] = error
        yield
        world.source.heal()
        world.source.broken.clear()

    return failing


def scanner(error: WatcherError, *kinds: str) -> Fault:
    """The scanner fails at some kinds of work."""

    @contextmanager
    def failing(world: World) -> Iterator[None]:
        world.scanner.broken = dict.fromkeys(kinds, error)
        yield
        world.scanner.broken = {}

    return failing


def context(error: WatcherError, name: str) -> Fault:
    """The scanner fails at one context alone."""

    @contextmanager
    def failing(world: World) -> Iterator[None]:
        world.scanner.failures[name] = error
        yield
        del world.scanner.failures[name]

    return failing


def no_disk(world: World) -> AbstractContextManager[None]:
    """The state folder is none."""
    return world.without_disk()


@contextmanager
def wiped(world: World) -> Iterator[None]:
    """The state folder is gone, and nobody has a database to offer."""
    shutil.rmtree(world.state, ignore_errors=True)
    with source(AWAY)(world):
        yield


def only(*stages: Stage) -> Fault:
    """Nothing fails, but most of a pass is left out."""

    @contextmanager
    def leaving_out(world: World) -> Iterator[None]:
        whole, world.stages = world.stages, stages
        yield
        world.stages = whole

    return leaving_out


def together(*faults: Fault) -> Fault:
    """Several at once."""

    @contextmanager
    def failing(world: World) -> Iterator[None]:
        with ExitStack() as stack:
            for one in faults:
                stack.enter_context(one(world))
            yield

    return failing


# A look at tags that failed leaves it open when they moved.
OF_REGISTRY: Mapping[str, Fault] = {
    "the registry is away": registry(AWAY),
    "the registry refuses us": registry(REFUSED),
    "the registry is slow": registry(SLOW),
    "the registry has no catalogue": registry(NotFoundError("404; there is no such thing")),
    "a repository cannot be listed": registry(AWAY, "shop/api"),
    "a repository refuses us": registry(REFUSED, "shop/api"),
    "a tag cannot be looked at": registry(AWAY, "shop/api", "latest"),
}
# What was bound is known all the same.
OF_KNOWLEDGE: Mapping[str, Fault] = {
    "the source is away": source(AWAY),
    "the source refuses us": source(REFUSED),
    "the source has no such tag": source(NotFoundError("404; there is no such thing")),
    "the source has no manifest": source(NotFoundError("404; there is no such thing"), "layer"),
    "the manifest is none": source(SPOILED, "layer"),
    "the layer is cut short": source(AWAY, "pull"),
    "the layer is spoiled": source(SPOILED, "pull"),
    "the state folder is none": no_disk,
    "the state folder is wiped": wiped,
    "the scanner opens no database": scanner(SPOILED, "check"),
    "the scanner opens no database now": scanner(AWAY, "check"),
}
OF_SCANNER: Mapping[str, Fault] = {
    "no image can be read": scanner(SPOILED, "catalog"),
    "no image can be read now": scanner(AWAY, "catalog"),
    "nothing can be matched": scanner(SPOILED, "match"),
    "nothing can be matched now": scanner(AWAY, "match"),
    "a context cannot be matched": context(SPOILED, "debian 12"),
    "nothing can be scanned": scanner(AWAY, "catalog", "match"),
}
LEFT_OUT: Mapping[str, Fault] = {
    "only the inventory is taken": only("inventory"),
    "knowledge is left out": only("inventory", "catalog", "match", "exposure"),
    "the match is left out": only("knowledge", "inventory", "catalog", "exposure"),
    "the ledger is left out": only("knowledge", "inventory", "catalog", "match"),
}
EVERYTHING: Mapping[str, Fault] = {
    "everything fails": together(
        registry(AWAY), source(AWAY), scanner(AWAY, "catalog", "match", "check")
    ),
}
