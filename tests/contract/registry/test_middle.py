"""A list that fails, or changes, while its pages are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BufferedIOBase
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.contract.registry.images import seen as known_at
from tests.contract.registry.loopback import DIGEST, PASSWORD, TAGS, pointing, registry
from tests.servers.hostile import Hostile, Reply, Seen, hostile
from watcher.domain.errors import (
    AttemptError,
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
)

pytestmark = pytest.mark.servers

CATALOG = "/v2/_catalog"
NAMES = ["a", "b", "c", "d", "e", "f"]
LISTS = {"tags": TAGS, "repositories": CATALOG}


def cut(wire: BufferedIOBase) -> None:
    wire.write(b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"tags": ["c", ')


def silent(_: BufferedIOBase) -> None:
    """Say nothing, and hang up."""


# What page 2 answers, the error, and how often it is asked for: what may pass, twice.
BROKEN: dict[str, tuple[Reply, type[AttemptError], int]] = {
    "401": (Reply(401), UnauthorizedError, 1),
    "403": (Reply(403), UnauthorizedError, 1),
    "404": (Reply(404), TransientError, 1),
    "400": (Reply(400), PermanentError, 1),
    "429": (Reply(429, {"Retry-After": "3600"}), RateLimitedError, 1),
    "500": (Reply(500), TransientError, 2),
    "502": (Reply(502, body=b"<html>"), TransientError, 2),
    "503": (Reply(503, {"Retry-After": "3600"}), TransientError, 1),
    "timeout": (Reply(headers={"Content-Length": "5"}), TransientError, 2),
    "reset": (Reply(script=silent), TransientError, 2),
    "cut": (Reply(script=cut), TransientError, 2),
    "huge": (Reply(headers={"Content-Length": str(100 * 1024**2)}), PermanentError, 1),
    "html": (Reply(body=b"<html>"), PermanentError, 1),
    "no list": (Reply(body=b'{"name": "shop/api"}'), PermanentError, 1),
}


class Pages:
    """A registry whose lists have two names to a page; `turned` is called before each page."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.second: Reply | None = None
        self.turned: Callable[[int], None] = lambda _: None
        self._pages = 0

    def __call__(self, seen: Seen) -> Reply:
        parts = urlsplit(seen.path)
        if parts.path not in LISTS.values():
            there = parts.path.rpartition("/")[2] in self.names
            return pointing() if there else Reply(404 if "manifests" in parts.path else 200)
        last = parse_qs(parts.query).get("last", [""])[0]
        if last and self.second:
            return self.second
        self._pages = self._pages + 1 if last else 1
        self.turned(self._pages)
        left = sorted(name for name in self.names if name > last)
        field = "tags" if parts.path == TAGS else "repositories"
        headers = {}
        if len(left) > 2:
            headers["Link"] = f'<{parts.path}?n=2&last={left[1]}>; rel="next"'
        return Reply(200, headers, json.dumps({field: left[:2]}).encode())


def listing_of(server: Hostile, kind: str, *, credentials: bool = False) -> None:
    adapter = registry(server, credentials=credentials)
    if kind == "tags":
        adapter.tags("shop/api", known_at(dict.fromkeys(NAMES, DIGEST)))
    else:
        list(adapter.repositories())


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("kind", LISTS)
def test_a_page_that_is_broken_fails_the_whole_list(kind: str, broken: str) -> None:
    reply, error, times = BROKEN[broken]
    pages = Pages(NAMES)
    pages.second = reply
    with hostile(pages) as server:
        with pytest.raises(error) as caught:
            listing_of(server, kind)
        assert len(server.asked(LISTS[kind])) == 1 + times
        assert not any(one.method == "HEAD" for one in server.seen)
    assert not isinstance(caught.value, NotFoundError)
    assert str(caught.value).isprintable()
    if broken == "429":
        assert isinstance(caught.value, RateLimitedError)
        assert caught.value.retry_after == 3600


@pytest.mark.parametrize("kind", LISTS)
def test_a_page_elsewhere_gets_no_password(kind: str) -> None:
    body = json.dumps({"tags": ["c"], "repositories": ["c"]}).encode()
    with hostile(lambda _: Reply(body=body), "127.0.0.2") as thief:
        pages = Pages(NAMES)
        pages.second = Reply(302, {"Location": f"{thief.url}{LISTS[kind]}"})
        with hostile(pages) as server:
            listing_of(server, kind, credentials=True)
        assert thief.seen
        assert not any("authorization" in one.headers for one in thief.seen)
        thief.seen.clear()
        link = f'<{thief.url}{LISTS[kind]}?last=d>; rel="next"'
        pages.second = Reply(200, {"Link": link}, body)
        with hostile(pages) as server, pytest.raises(PermanentError, match="refused") as caught:
            listing_of(server, kind, credentials=True)
        assert thief.seen == []
        assert PASSWORD not in repr(caught.value)


def test_a_tag_deleted_between_pages_is_gone_and_hides_no_other() -> None:
    pages = Pages(list(NAMES))

    # The one that the next page begins after, and one of a page not yet given.
    def turned(number: int) -> None:
        if number == 2:
            pages.names.remove("b")
            pages.names.remove("e")

    pages.turned = turned
    with hostile(pages) as server:
        listing = registry(server).tags("shop/api", known_at(dict.fromkeys(NAMES, DIGEST)))
    assert [one.tag for one in listing.sightings] == ["a", "c", "d", "f"]
    assert (listing.complete, listing.failed, listing.cut) == (True, {}, None)


def test_a_tag_added_between_pages_hides_no_other() -> None:
    pages = Pages(list(NAMES))
    # One before the page that comes next, which is seen by the next listing, and one behind it.
    pages.turned = lambda number: pages.names.extend(["aa", "ee"]) if number == 2 else None
    with hostile(pages) as server:
        adapter = registry(server)
        listing = adapter.tags("shop/api", known_at(dict.fromkeys(NAMES, DIGEST)))
        assert [one.tag for one in listing.sightings] == [*"abcde", "ee", "f"]
        pages.turned = lambda _: None
        assert len(adapter.tags("shop/api", {}).sightings) == 8


def test_a_tag_that_is_away_while_its_page_is_read_is_not_gone() -> None:
    pages = Pages(list(NAMES))

    def turned(number: int) -> None:
        if number == 2:
            pages.names.remove("c")
        if number == 3:
            pages.names.append("c")

    pages.turned = turned
    with hostile(pages) as server:
        listing = registry(server).tags("shop/api", known_at(dict.fromkeys(NAMES, DIGEST)))
    assert {one.tag for one in listing.sightings} == set(NAMES)


def test_repositories_that_come_and_go_between_pages_hide_no_other() -> None:
    pages = Pages(list(NAMES))

    def turned(number: int) -> None:
        if number == 2:
            pages.names.remove("b")
            pages.names.append("aa")

    pages.turned = turned
    with hostile(pages) as server:
        assert list(registry(server).repositories()) == NAMES
