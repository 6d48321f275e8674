"""A token for the API is got once, used while it lasts, and renewed before it ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.registry.docker_hub.conftest import API, Bench, looked
from tests.servers.hostile import Reply, Seen
from watcher.adapters.registries.docker_hub.sign_in import lifetime
from watcher.domain.errors import PermanentError, TransientError, UnauthorizedError

pytestmark = pytest.mark.servers


def test_one_token_serves_all_threads(bench: Bench) -> None:
    paths = [f"acme/r{number}" for number in range(20)]
    for path in paths:
        bench.server.hub.fill(path, ["1.0"])
    adapter = bench.adapter()
    with ThreadPoolExecutor(8) as pool:
        assert all(one.complete for one in pool.map(lambda path: adapter.tags(path, {}), paths))
    assert bench.server.counted == {"sign-in": 1, "tags": 20}


def test_a_token_is_renewed_before_it_ends(bench: Bench) -> None:
    bench.server.hub.fill(API, ["1.0"])
    adapter = bench.adapter()
    for _ in range(4):
        adapter.tags(API, {})
        bench.clock.now += 250  # of 600 s, four fifths are used
    assert bench.server.counted["sign-in"] == 2


def test_a_token_that_ends_in_mid_listing_is_renewed_once(bench: Bench) -> None:
    bench.server.hub.fill(API, [f"1.{number}" for number in range(50)])

    def revoking(seen: Seen) -> Reply | None:
        if "page=3" in seen.path and bench.server.counted["sign-in"] == 1:
            bench.server.tokens.revoke()
        return None

    bench.server.fault = revoking
    assert len(bench.adapter(page=10).tags(API, {}).sightings) == 50
    assert bench.server.counted["sign-in"] == 2


def test_tokens_that_are_never_good_end_with_a_refusal(bench: Bench) -> None:
    bench.server.fault = lambda seen: Reply(401) if seen.method == "GET" else None
    with pytest.raises(UnauthorizedError):
        bench.adapter().tags(API, {})
    assert bench.server.counted == {"sign-in": 2, "tags": 2}


def test_the_older_way_to_sign_in_will_do(bench: Bench) -> None:
    bench.server.api.old = True
    bench.server.hub.fill(API, ["1.0"])
    assert bench.adapter().tags(API, {}).complete
    assert bench.server.counted["sign-in"] == 2


def test_without_credentials_nobody_signs_in(bench: Bench) -> None:
    bench.server.hub.fill(API, ["1.0"])
    adapter = bench.adapter(None)
    list(adapter.repositories())
    looked(adapter, {})
    assert bench.server.counted == {"repositories": 1, "tags": 1}
    assert all("authorization" not in one.headers for one in bench.server.seen)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(401, {}, b"{}"), UnauthorizedError),
        (Reply(403, {}, b"{}"), UnauthorizedError),
        (Reply(503), TransientError),
        (Reply(429, {"Retry-After": "3600"}), TransientError),
        (Reply(404), PermanentError),
        (Reply(200, {}, b"<html>"), PermanentError),
        (Reply(200, {}, b"{}"), PermanentError),
        (Reply(200, {}, b'{"access_token": 7}'), PermanentError),
        (Reply(200, {}, b'{"access_token": "a b"}'), PermanentError),
    ],
)
def test_a_sign_in_that_fails_is_never_an_anonymous_look(
    bench: Bench, reply: Reply, kind: type[Exception]
) -> None:
    bench.server.hub.fill(API, ["1.0"])
    bench.server.fault = lambda seen: reply if seen.method == "POST" else None
    with pytest.raises(kind):
        bench.adapter().tags(API, {})
    assert "tags" not in bench.server.counted


@pytest.mark.parametrize(
    ("token", "seconds"),
    [
        ("a.eyJpYXQiOjEwMCwiZXhwIjo3MDB9.c", 600),
        ("a.eyJpYXQiOjEwMCwiZXhwIjo5OTk5OTk5fQ.c", 3600),
        ("a.eyJpYXQiOjEwMCwiZXhwIjo1MH0.c", 300),
        ("a.eyJleHAiOjUwfQ.c", 300),
        ("opaque", 300),
        ("a.%%%.c", 300),
        ("a.bnVsbA.c", 300),
        ("", 300),
    ],
)
def test_a_token_tells_how_long_it_lasts(token: str, seconds: float) -> None:
    assert lifetime(token) == seconds
