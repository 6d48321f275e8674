"""Pages cut short, answers too long, remotes that fail half way: an error, never a smaller list."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BufferedIOBase

import pytest

from tests.contract.registry.docker_hub.conftest import API, LOGIN, Bench, known_of, looked
from tests.servers.docker_hub import OWNER
from tests.servers.hostile import Reply, Seen, hostile
from watcher.domain.errors import (
    AttemptError,
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
)

pytestmark = pytest.mark.servers


def always(reply: Reply) -> Callable[[Seen], Reply]:
    return lambda _: reply


def paged(bench: Bench, tags: int = 50) -> None:
    bench.server.hub.fill(API, [f"1.{number}" for number in range(tags)])


def is_page(seen: Seen, number: int) -> bool:
    return "/tags?" in seen.path and f"page={number}&" in seen.path


def cut(wire: BufferedIOBase) -> None:
    wire.write(b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"count": 50, "results": [')


def silent(_: BufferedIOBase) -> None:
    """Say nothing, and hang up."""


BROKEN = {
    "500": (Reply(500), TransientError),
    "503": (Reply(503), TransientError),
    "429": (Reply(429, {"Retry-After": "30"}), RateLimitedError),
    "403": (Reply(403, {}, b'{"message": "denied"}'), UnauthorizedError),
    "404": (Reply(404, {}, b'{"message": "page not found"}'), TransientError),
    "html": (Reply(200, {}, b"<html>"), PermanentError),
    "no-results": (Reply(200, {}, b'{"count": 50, "next": null}'), PermanentError),
    "no-count": (Reply(200, {}, b'{"results": []}'), PermanentError),
    "null": (Reply(200, {}, b'{"count": 50, "next": null, "results": null}'), PermanentError),
    "nameless": (Reply(200, {}, b'{"count": 50, "results": [{}]}'), PermanentError),
    "deep": (Reply(200, {}, b"[" * 100_000), PermanentError),
    "cut": (Reply(script=cut), TransientError),
    "silent": (Reply(script=silent), TransientError),
    "huge": (Reply(200, {"Content-Length": str(100 * 1024**2)}), PermanentError),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("number", [2, 4])
def test_a_page_that_is_broken_fails_the_whole_list(bench: Bench, broken: str, number: int) -> None:
    paged(bench)
    adapter = bench.adapter(page=10)
    known = known_of(adapter.tags(API, {}))
    reply, kind = BROKEN[broken]
    bench.server.fault = lambda seen: reply if is_page(seen, number) else None
    for thorough in (True, False):
        bench.server.hub.delete(API, f"1.{10 + thorough}")
        with pytest.raises(kind) as caught:
            looked(adapter, known, thorough=thorough)
        assert not isinstance(caught.value, NotFoundError)
        assert "\n" not in str(caught.value)


def test_a_first_page_that_says_404_is_the_only_absence(bench: Bench) -> None:
    with pytest.raises(NotFoundError):
        bench.adapter().tags("acme/none", {})


def test_an_end_that_comes_too_soon_is_noticed_by_the_count(bench: Bench) -> None:
    paged(bench)

    def ended(seen: Seen) -> Reply | None:
        if not is_page(seen, 3):
            return None
        return Reply(200, {}, json.dumps({"count": 50, "next": None, "results": []}).encode())

    bench.server.fault = ended
    with pytest.raises(TransientError, match="20 were listed and 50 counted"):
        bench.adapter(page=10).tags(API, {})


def elsewhere(bench: Bench, following: Callable[[str], str]) -> Callable[[Seen], Reply | None]:
    def answer(seen: Seen) -> Reply | None:
        if seen.method != "GET" or "/tags" not in seen.path:
            return None
        entry = {"name": "1.0", "digest": "sha256:" + "a" * 64}
        page = {"count": 50, "next": following(bench.server.api_url), "results": [entry]}
        return Reply(200, {}, json.dumps(page).encode())

    return answer


@pytest.mark.parametrize(
    "following",
    [
        lambda _: "http://127.0.0.2:1/v2/namespaces/acme/repositories/api/tags?page=2",
        lambda api: f"{api}/v2/namespaces/acme/repositories/web/tags?page=2",
        lambda api: f"{api}/v2/users/login",
        lambda _: "file:///etc/passwd",
        lambda _: "http://[::1",
        lambda api: api.replace("http://", "http://user:pw@") + "/x",
        lambda _: "//127.0.0.2:1/v2/namespaces/acme/repositories/api/tags?page=2",
    ],
)
def test_a_next_page_elsewhere_is_refused_with_our_token(
    bench: Bench, following: Callable[[str], str]
) -> None:
    bench.server.fault = elsewhere(bench, following)
    with pytest.raises(PermanentError):
        bench.adapter().tags(API, {})
    assert bench.server.counted["tags"] == 1


def test_a_next_page_may_be_written_without_its_host(bench: Bench) -> None:
    paged(bench)
    whole = bench.server.api

    def relative(seen: Seen) -> Reply | None:
        reply = whole(seen) if "/tags" in seen.path else None
        host = bench.server.api_url.encode()
        return Reply(200, {}, reply.body.replace(host, b"")) if reply else None

    bench.server.fault = relative
    assert len(bench.adapter(page=20).tags(API, {}).sightings) == 50


def test_pages_in_a_circle_end(bench: Bench) -> None:
    paged(bench)
    path = "/v2/namespaces/acme/repositories/api/tags?page_size=100&ordering=last_updated"
    bench.server.fault = elsewhere(bench, lambda api: api + path)
    with pytest.raises(PermanentError, match="do not end"):
        bench.adapter().tags(API, {})
    assert bench.server.counted["tags"] <= 2


def test_a_redirect_to_another_origin_takes_no_token_along(bench: Bench) -> None:
    with hostile(lambda _: Reply(404), "127.0.0.2") as thief:
        moved = Reply(302, {"Location": f"{thief.url}/tags"})
        bench.server.fault = lambda seen: moved if seen.method == "GET" else None
        with pytest.raises(AttemptError):
            bench.adapter().tags(API, {})
        assert [("authorization" in one.headers) for one in thief.seen] == [False]


def test_a_sign_in_that_is_redirected_shows_no_password(bench: Bench) -> None:
    with hostile(lambda _: Reply(), "127.0.0.2") as thief:
        moved = Reply(307, {"Location": f"{thief.url}/v2/auth/token"})
        bench.server.fault = lambda seen: moved if seen.method == "POST" else None
        with pytest.raises(PermanentError, match="redirected"):
            bench.adapter().tags(API, {})
        assert thief.seen == []


def test_anonymous_readers_are_told_to_sign_in_where_hub_stops(bench: Bench) -> None:
    paged(bench, 1200)
    with pytest.raises(UnauthorizedError, match=r"offset too large.*set username, password"):
        bench.adapter(None).tags(API, {})
    assert len(bench.adapter().tags(API, {}).sightings) == 1200


def test_no_secret_is_shown(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    paged(bench)
    adapter = bench.adapter()
    adapter.tags(API, {})
    said = [repr(adapter), repr(adapter._api), repr(LOGIN), repr(adapter.__dict__), caplog.text]
    for status in (400, 401, 403, 404, 500):
        bench.server.fault = always(Reply(status, {}, OWNER.password.encode()))
        with pytest.raises(AttemptError) as caught:
            bench.adapter().tags(API, {})
        said += [str(caught.value), repr(caught.value)]
    assert not any(OWNER.password in one or "eyJ" in one for one in said)


def test_an_account_is_not_locked_by_asking_again_and_again(bench: Bench) -> None:
    paged(bench)
    bench.server.accounts.clear()
    adapter = bench.adapter()
    for _ in range(20):
        with pytest.raises(UnauthorizedError, match="username or password is refused"):
            adapter.tags(API, {})
    assert bench.server.counted == {"sign-in": 1}
    bench.server.accounts["acme"] = OWNER
    bench.clock.now += 301
    assert adapter.tags(API, {}).complete
