"""Pages that lead elsewhere, in circles or nowhere, and lists that are none."""

from __future__ import annotations

import json

import pytest

from tests.contract.registry.loopback import TAGS, answering, listed, pointing, registry
from tests.servers.hostile import Reply, Seen, hostile, routed
from watcher.domain.errors import NotFoundError, PermanentError

pytestmark = pytest.mark.servers


@pytest.mark.parametrize(
    "link",
    [
        "<http://127.0.0.2:1/v2/shop/api/tags/list?n=1&last=a>; rel=next",
        "<//127.0.0.2:1/v2/shop/api/tags/list?last=a>; rel=next",
        "</v2/shop/other/tags/list?last=a>; rel=next",
        "</v2/_catalog>; rel=next",
        "<file:///etc/passwd>; rel=next",
        "<http://[::1/>; rel=next",
        "<http://user:pw@127.0.0.1/v2/shop/api/tags/list>; rel=next",
    ],
)
def test_a_next_page_elsewhere_is_refused(link: str) -> None:
    with hostile(answering((TAGS, listed("a", Link=link)))) as server:
        with pytest.raises(PermanentError):
            registry(server).tags("shop/api", {})
        assert len(server.asked(TAGS)) == 1


@pytest.mark.parametrize(
    "link",
    [
        '</v2/shop/api/tags/list?n=2&last=b>; rel="next"',
        "<{url}/v2/shop/api/tags/list?n=2&last=b>;rel=next",
        '<{url}/other>; rel="prev", <?n=2&last=b>; title=x; rel="next"',
    ],
)
def test_a_next_page_may_be_written_in_many_ways(link: str) -> None:
    def answer(seen: Seen) -> Reply:
        if seen.method == "HEAD":
            return pointing()
        if "last=b" in seen.path:
            return listed("c")
        return listed("a", "b", Link=link.format(url=f"http://{seen.headers['host']}"))

    with hostile(answer) as server:
        listing = registry(server).tags("shop/api", {})
    assert [one.tag for one in listing.sightings] == ["a", "b", "c"]


def test_pages_that_go_in_a_circle_are_refused() -> None:
    link = f"<{TAGS}?n=1&last=a>; rel=next"
    with hostile(answering((TAGS, listed("a", Link=link)))) as server:
        with pytest.raises(PermanentError, match="do not end"):
            registry(server).tags("shop/api", {})
        assert len(server.asked(TAGS)) <= 3


def test_pages_that_bring_nothing_new_end() -> None:
    def answer(seen: Seen) -> Reply:
        return listed("a", Link=f"<{TAGS}?last={len(seen.path)}{'x' * len(seen.path)}>; rel=next")

    with hostile(answer) as server:
        with pytest.raises(PermanentError, match="do not end"):
            registry(server).tags("shop/api", {})
        assert len(server.asked(TAGS)) < 20


def test_a_list_cut_without_saying_so_is_followed() -> None:
    names = [f"t{number:04}" for number in range(1500)]

    def answer(seen: Seen) -> Reply:
        if seen.method == "HEAD":
            return pointing()
        after = seen.path.partition("last=")[2]
        return listed(*[name for name in names if name > after][:1000])

    with hostile(answer) as server:
        listing = registry(server).tags("shop/api", {})
        assert len(listing.sightings) == 1500
        assert len(server.asked(TAGS)) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"tags": "latest"}',
        b'{"tags": [1]}',
        b'{"tags": {"a": 1}}',
        b'{"tags": ["a"',
        b"<html>",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"tags": [' + b"9" * 10_000 + b"]}",
        b'{"tags": [NaN]}',
    ],
)
def test_a_list_that_is_none_is_a_failure_and_no_absence(body: bytes) -> None:
    with hostile(answering((TAGS, Reply(body=body)))) as server:
        with pytest.raises(PermanentError) as caught:
            registry(server).tags("shop/api", {})
        assert not isinstance(caught.value, NotFoundError)


def test_a_list_of_null_is_an_empty_one() -> None:
    with hostile(answering((TAGS, Reply(body=b'{"name": "shop/api", "tags": null}')))) as server:
        assert registry(server).tags("shop/api", {}).sightings == ()


def test_an_unknown_repository_may_be_an_empty_list() -> None:
    with hostile(answering((TAGS, listed()))) as server:
        listing = registry(server).tags("shop/api", {})
    assert listing.complete
    assert listing.sightings == ()


def test_a_list_too_long_to_read_is_refused() -> None:
    huge = Reply(headers={"Content-Length": str(10**12)})
    with hostile(answering((TAGS, huge))) as server, pytest.raises(PermanentError):
        registry(server).tags("shop/api", {})


def test_strange_tags_are_failed_and_not_dropped() -> None:
    strange = ["-rf", "../../etc", "a b", "\x1b[31m", "\ud800", "\0", "ü", "A" * 129, ""]
    with hostile(answering((TAGS, listed("good", *strange)), ("/v2/", pointing()))) as server:
        listing = registry(server).tags("shop/api", {})
        assert [one.tag for one in listing.sightings] == ["good"]
        assert len(listing.failed) == len(strange)
        assert all(key.isprintable() for key in listing.failed)
        assert len([one for one in server.seen if one.method == "HEAD"]) == 1


def test_a_catalogue_that_is_not_offered_says_what_to_do() -> None:
    for status in (401, 403, 404, 405):
        rules = routed({"/v2/": Reply(), "/v2/_catalog": Reply(status)})
        advised = pytest.raises(PermanentError, match="name the repositories")
        with hostile(rules) as server, advised:
            list(registry(server).repositories())


def test_a_catalogue_with_an_impossible_name_says_which() -> None:
    body = json.dumps({"repositories": ["shop/api", "../etc"]}).encode()
    named = pytest.raises(PermanentError, match=r"\.\./etc")
    with hostile(routed({"/v2/_catalog": Reply(body=body)})) as server, named:
        list(registry(server).repositories())
