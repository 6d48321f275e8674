"""What `watcher doctor` says of an OCI registry: each trouble by its name, and what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.registry.loopback import PASSWORD, TAGS, listed, registry
from tests.servers.hostile import Reply, Seen, hostile
from watcher.domain.errors import (
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
    WatcherError,
)
from watcher.domain.pattern import Selection


def answering(*rules: tuple[str, Reply]) -> Callable[[Seen], Reply]:
    """Answer by the beginning of the path, /v2/ included."""
    return lambda seen: next((reply for start, reply in rules if seen.path.startswith(start)), GONE)


GONE = Reply(404)
HERE = ("/v2/", Reply(200))
SHOP = ("/v2/_catalog", Reply(200, {}, b'{"repositories": ["shop/api"]}'))
REFUSED = Reply(401, {"WWW-Authenticate": "Basic realm=registry"})


@pytest.mark.parametrize(
    ("rules", "kind", "told"),
    [
        ([("/", GONE)], PermanentError, "no registry answers at this url"),
        ([("/v2/", GONE), ("/", Reply(200, {}, b"<html>"))], PermanentError, "no registry"),
        ([("/v2/", REFUSED)], UnauthorizedError, "the username or password is refused"),
        (
            [("/v2/_catalog", Reply(401)), HERE],
            UnauthorizedError,
            "the right to list the catalogue (registry:catalog:*) is missing: grant it, or name",
        ),
        (
            [SHOP, (TAGS, Reply(403)), HERE],
            UnauthorizedError,
            "the right to pull shop/api is missing: grant it",
        ),
        ([("/v2/", Reply(429, {"Retry-After": "90"}))], RateLimitedError, "429"),
        ([SHOP, (TAGS, Reply(429, {"Retry-After": "90"})), HERE], RateLimitedError, "429"),
        ([("/v2/", Reply(503))], TransientError, "503"),
    ],
)
def test_each_trouble_is_told_by_its_name(
    rules: list[tuple[str, Reply]], kind: type[WatcherError], told: str
) -> None:
    with hostile(answering(*rules)) as server, pytest.raises(kind) as caught:
        registry(server, credentials=True).check()
    assert type(caught.value) is kind
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_nobody_there_is_told_too() -> None:
    with hostile(answering(HERE)) as server:
        adapter = registry(server)
    with pytest.raises(TransientError, match="nobody answers there"):
        adapter.check()


def test_a_registry_that_lets_us_list_and_pull_is_fine() -> None:
    with hostile(answering(SHOP, (TAGS, listed("1.0")), HERE)) as server:
        line = registry(server, credentials=True).check().line
    assert line == f"{server.url} answers as reader; repositories included: 1"


def test_a_repository_that_is_not_pushed_yet_is_no_trouble() -> None:
    with hostile(answering((TAGS, GONE), HERE)) as server:
        adapter = registry(server)
        adapter._selection = Selection.parse(("shop/api",))
        adapter._literals = ("shop/api",)
        assert adapter.check().line.endswith("repositories included: 1")
