"""Pages of ECR: all of them, or an error; tags that move while they come in."""

from __future__ import annotations

import json
from io import BufferedIOBase

import pytest

from tests.contract.registry.images import image, seen
from tests.contract.registry.subjects.ecr import registry
from tests.servers.ecr import HOME, REGION, Ecr, once, refusal
from tests.servers.hostile import Reply
from watcher.demo.workshop import Index
from watcher.domain.errors import (
    AttemptError,
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
)
from watcher.ports.registry import Listing

pytestmark = pytest.mark.servers

API = "shop/api"


def filled(server: Ecr, count: int) -> dict[str, str]:
    """Push so many images, a tag each; gives the digests by tag."""
    tags = [f"1.{number}" for number in range(count)]
    return {tag: server.store.push(API, tag, image(tag)) for tag in tags}


def digests(listing: Listing) -> dict[str, str]:
    return {sighting.tag: sighting.digest for sighting in listing.sightings}


def by_digest(pushed: dict[str, str]) -> list[str]:
    """Tags in the order in which the server gives their images."""
    return sorted(pushed, key=pushed.__getitem__)


def test_images_come_by_the_page_and_cost_one_request_for_each(server: Ecr) -> None:
    pushed = filled(server, 50)
    listing = registry(page=7).tags(API, {})
    assert digests(listing) == pushed
    assert listing.complete
    assert server.counts == {"DescribeImages": 8}


def test_what_has_no_tag_costs_no_page(server: Ecr) -> None:
    for number in range(20):
        server.store.push(API, "latest", image(str(number)))
    server.store.push(API, "index", Index((image("a"), image("b", "linux/arm64"))))
    assert digests(registry(page=3).tags(API, {})).keys() == {"latest", "index"}
    assert server.counts["DescribeImages"] == 1


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refusal("ServerException", status=500), TransientError),
        (refusal("ThrottlingException"), RateLimitedError),
        (refusal("AccessDeniedException"), PermanentError),
        (refusal("InvalidParameterException", "Invalid parameter at 'nextToken'"), PermanentError),
        (Reply(), TransientError),
    ],
)
def test_a_page_that_fails_in_the_middle_is_no_shorter_list(
    server: Ecr, reply: Reply, kind: type[AttemptError]
) -> None:
    filled(server, 9)
    for number in range(9):
        server.store.push(f"shop/r{number}", "1.0", image())
    for operation in ("DescribeImages", "DescribeRepositories"):
        server.fail(operation, reply, after=1)
    adapter = registry(page=4)
    for attempt in (lambda: adapter.tags(API, {}), lambda: list(adapter.repositories())):
        with pytest.raises(kind) as caught:
            attempt()
        assert not isinstance(caught.value, NotFoundError)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"<html>sign in</html>",
        b"\xff\xfe",
        b'{"imageDetails": null, "repositories": null}',
        b'{"imageDetails": "none", "repositories": 7}',
        b'{"imageDetails": {"a": 1}, "repositories": {"a": 1}}',
        b'{"imageDetails": [1], "repositories": ["a"]}',
        b'{"imageDetails": [{"imageTags": ["a"]}], "repositories": [{}]}',
        b'{"imageDetails": [{"imageTags": "a"}], "repositories": [{"repositoryName": ""}]}',
        b'{"imageDetails": [{"imageTags": ["a"], "imageDigest": "sha256:short"}]}',
        b'{"imageDetails": [{"imageTags": ["a"], "imagePushedAt": "soon"}]}',
        b'{"imageDetails": [{"imageDigest": "sha256:' + b"0" * 64,
        b'{"imageDetails": [], "repositories": [], "nextToken": ["x"]}',
        b"[" * 100_000,
    ],
)
def test_an_answer_that_is_none_is_a_failure_and_no_absence(server: Ecr, body: bytes) -> None:
    filled(server, 1)
    for operation in ("DescribeImages", "DescribeRepositories"):
        server.fail(operation, Reply(body=body))
    adapter = registry()
    for attempt in (
        lambda: adapter.tags(API, seen({"1.0": image("1.0").digest})),
        lambda: list(adapter.repositories()),
        lambda: adapter.resolve(API, "1.0"),
    ):
        with pytest.raises(AttemptError) as caught:
            attempt()
        assert not isinstance(caught.value, NotFoundError)
        assert "\n" not in str(caught.value)


def test_a_body_that_is_cut_short_is_a_failure(server: Ecr) -> None:
    def cut(wire: BufferedIOBase) -> None:
        wire.write(b'HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n{"imageDetails": [')

    server.fail("DescribeImages", Reply(script=cut))
    with pytest.raises(TransientError, match="cut short"):
        registry().tags(API, {})


def test_a_page_too_long_to_read_is_refused(server: Ecr) -> None:
    server.fail("DescribeImages", Reply(headers={"Content-Length": str(100 * 1024 * 1024)}))
    with pytest.raises(PermanentError, match="longer than"):
        registry().tags(API, {})


@pytest.mark.parametrize("tokens", [["a"], ["a", "b"]])
def test_pages_that_go_in_a_circle_are_refused(server: Ecr, tokens: list[str]) -> None:
    for token in tokens * 5:
        body = json.dumps({"imageDetails": [], "nextToken": token}).encode()
        server.fail("DescribeImages", Reply(body=body), times=1)
    with pytest.raises(PermanentError, match="do not end"):
        registry().tags(API, {})
    assert server.counts["DescribeImages"] == len(tokens) + 1


def test_an_empty_page_may_be_followed_by_others(server: Ecr) -> None:
    pushed = filled(server, 3)
    body = json.dumps({"imageDetails": [], "nextToken": ""}).encode()
    server.fail("DescribeImages", Reply(body=body.replace(b'""', b'"c2hhMjU2Og=="')), times=1)
    assert digests(registry().tags(API, {})) == pushed


def test_a_tag_that_moves_to_a_page_given_before_is_not_gone(server: Ecr) -> None:
    pushed = filled(server, 9)
    first, last = by_digest(pushed)[0], by_digest(pushed)[-1]
    images = server.store.images(HOME, REGION, API)
    server.api.between = once(lambda: server.store.move(images, last, pushed[first]))
    listing = registry(page=4).tags(API, seen(pushed))
    assert digests(listing) == {**pushed, last: pushed[first]}
    assert server.counts["DescribeImages"] == 4


def test_a_tag_that_moves_to_a_page_yet_to_come_is_where_it_went(server: Ecr) -> None:
    pushed = filled(server, 9)
    first, last = by_digest(pushed)[0], by_digest(pushed)[-1]
    images = server.store.images(HOME, REGION, API)
    server.api.between = once(lambda: server.store.move(images, first, pushed[last]))
    listing = registry(page=4).tags(API, {})
    assert digests(listing) == {**pushed, first: pushed[last]}


def test_a_tag_deleted_while_the_pages_come_is_gone_by_its_own_word(server: Ecr) -> None:
    pushed = filled(server, 9)
    last = by_digest(pushed)[-1]
    server.api.between = once(lambda: server.store.delete(API, last))
    listing = registry(page=4).tags(API, seen(pushed))
    assert listing.complete
    assert digests(listing) == {tag: digest for tag, digest in pushed.items() if tag != last}


def test_a_tag_that_cannot_be_looked_at_again_is_neither_seen_nor_gone(server: Ecr) -> None:
    pushed = filled(server, 9)
    last = by_digest(pushed)[-1]
    server.api.between = once(lambda: server.store.delete(API, last))
    server.fail(
        "DescribeImages",
        refusal("ServerException", status=500),
        where=lambda call: "imageIds" in call.fields,
    )
    listing = registry(page=4).tags(API, seen(pushed))
    assert digests(listing).keys() == pushed.keys() - {last}
    assert "ServerException" in listing.failed[last]


def test_images_pushed_and_tags_deleted_meanwhile_hide_no_others(server: Ecr) -> None:
    pushed = filled(server, 12)
    gone = by_digest(pushed)[1]

    def change() -> None:
        server.store.delete(API, gone)
        server.store.push(API, "new", image("new"))

    server.api.between = once(change)
    listing = registry(page=5).tags(API, seen(pushed))
    assert digests(listing).keys() >= pushed.keys() - {gone}


def test_repositories_made_and_deleted_meanwhile_hide_no_others(server: Ecr) -> None:
    paths = [f"shop/r{number}" for number in range(9)]
    for path in paths:
        server.store.push(path, "1.0", image())

    def change() -> None:
        del server.store.repositories[HOME, REGION, "shop/r0"]
        server.store.push("shop/aaa", "1.0", image())

    server.api.between = once(change)
    assert set(registry(page=4).repositories()) >= set(paths[1:])


def test_a_repository_that_vanishes_between_its_pages_is_gone(server: Ecr) -> None:
    filled(server, 9)
    server.api.between = once(server.store.repositories.clear)
    with pytest.raises(NotFoundError, match="RepositoryNotFoundException"):
        registry(page=4).tags(API, {})


def test_strange_tags_are_failed_and_not_dropped(server: Ecr) -> None:
    filled(server, 1)
    images = server.store.images(HOME, REGION, API)
    strange = {"a b", "\x1b[31m", "../etc", "A" * 129, "-rf"}
    images[image("1.0").digest].tags |= strange
    listing = registry().tags(API, {})
    assert digests(listing).keys() == {"1.0"}
    assert len(listing.failed) == len(strange)
    assert all(name.isprintable() for name in listing.failed)
