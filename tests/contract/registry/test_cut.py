"""Lists cut short without a word: what is known is asked for, and ends by its own 404 alone."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.contract.registry.images import seen as known_at
from tests.contract.registry.loopback import DIGEST, TAGS, listed, pointing, registry
from tests.servers.hostile import Hostile, Reply, Seen, hostile
from watcher.domain.errors import PermanentError, TransientError, UnauthorizedError

pytestmark = pytest.mark.servers

NAMES = [f"t{number:03}" for number in range(150)]
KNOWN = known_at(dict.fromkeys(NAMES, DIGEST))
NULL = Reply(body=b'{"name": "shop/api", "tags": null}')
ANNOUNCED = f"<{TAGS}?n=1000&last=t099>; rel=next"

Answer = Callable[[Seen], Reply]


def after(seen: Seen) -> list[str]:
    last = seen.path.partition("last=")[2]
    return [name for name in NAMES if name > last]


def serving(tags: Answer, head: Answer = lambda _: pointing()) -> Answer:
    def answer(seen: Seen) -> Reply:
        if seen.path == "/v2/":
            return Reply(body=b"{}")
        return tags(seen) if seen.path.startswith(TAGS) else head(seen)

    return answer


def heads(server: Hostile) -> int:
    return sum(one.method == "HEAD" for one in server.seen)


CUTS: dict[str, Answer] = {
    "at a hundred, whatever is asked": lambda _: listed(*NAMES[:100]),
    "at an odd number": lambda _: listed(*NAMES[:77]),
    "to nothing": lambda _: NULL,
    "to an empty list": lambda _: listed(),
    "after a page that announced another, to null": lambda seen: (
        NULL if "last=" in seen.path else listed(*NAMES[:100], Link=ANNOUNCED)
    ),
    "after a page that announced another, to an empty list": lambda seen: (
        listed() if "last=" in seen.path else listed(*NAMES[:100], Link=ANNOUNCED)
    ),
}


@pytest.mark.parametrize("cut", CUTS)
def test_no_tag_that_is_there_is_gone_for_a_list_that_does_not_name_it(cut: str) -> None:
    with hostile(serving(CUTS[cut])) as server:
        listing = registry(server).tags("shop/api", KNOWN)
        assert heads(server) == 150
    assert [one.tag for one in listing.sightings] == NAMES
    assert listing.failed == {}
    assert listing.cut
    assert "cut short" in listing.cut


def test_a_tag_moved_behind_the_cut_is_seen_where_it_is() -> None:
    moved = "sha256:" + "b" * 64

    def head(seen: Seen) -> Reply:
        return pointing(moved if seen.path.endswith("t149") else DIGEST)

    with hostile(serving(lambda _: listed(*NAMES[:100]), head)) as server:
        listing = registry(server).tags("shop/api", KNOWN)
    assert {one.tag for one in listing.sightings if one.digest == moved} == {"t149"}


def test_only_those_that_answer_404_are_gone() -> None:
    def head(seen: Seen) -> Reply:
        return Reply(404) if seen.path[-3:] >= "100" else pointing()

    with hostile(serving(lambda _: listed(*NAMES[:99]), head)) as server:
        listing = registry(server).tags("shop/api", KNOWN)
    assert [one.tag for one in listing.sightings] == NAMES[:100]
    with hostile(serving(lambda _: listed(*NAMES[:99]), lambda _: Reply(404))) as server:
        empty = registry(server).tags("shop/api", KNOWN)
    assert empty.sightings == ()
    assert empty.complete
    assert empty.cut is None


def test_a_404_of_what_is_no_registry_ends_none() -> None:
    def answer(seen: Seen) -> Reply:
        return listed(*NAMES[:100]) if seen.path.startswith(TAGS) else Reply(404)

    with hostile(answer) as server, pytest.raises(TransientError, match="nothing is known to be"):
        registry(server).tags("shop/api", KNOWN)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(401), UnauthorizedError),
        (Reply(429, {"Retry-After": "3600"}), TransientError),
        (Reply(500), TransientError),
        (Reply(script=lambda _: None), TransientError),
    ],
)
def test_a_look_that_fails_ends_none_and_is_given_up(reply: Reply, error: type[Exception]) -> None:
    with hostile(serving(lambda _: NULL, lambda _: reply)) as server:
        with pytest.raises(error):
            registry(server).tags("shop/api", KNOWN)
        assert heads(server) < 2 * (16 + 8)
    with hostile(
        serving(lambda _: listed("t000"), lambda one: reply if "t001" in one.path else pointing())
    ) as server:
        if error is UnauthorizedError:
            with pytest.raises(error):
                registry(server, concurrency=1).tags("shop/api", KNOWN)
            return
        listing = registry(server, concurrency=1).tags("shop/api", KNOWN)
    assert "t001" in listing.failed
    assert {one.tag for one in listing.sightings} | listing.failed.keys() == set(NAMES)


def test_a_list_that_names_all_that_is_known_costs_nothing_more() -> None:
    names = NAMES[:149]
    known = known_at(dict.fromkeys(names, DIGEST))
    with hostile(serving(lambda _: listed(*names))) as server:
        listing = registry(server).tags("shop/api", known)
        assert len(server.seen) == 1 + 149
    assert listing.cut is None


def test_a_cut_that_leads_on_by_name_is_followed_though_nothing_is_known() -> None:
    with hostile(serving(lambda seen: listed(*after(seen)[:100]))) as server:
        listing = registry(server).tags("shop/api", {})
    assert [one.tag for one in listing.sightings] == NAMES
    assert listing.cut is None


def test_a_cut_that_leads_nowhere_is_told_though_nothing_is_known() -> None:
    with hostile(serving(lambda _: listed(*NAMES[:100]))) as server:
        listing = registry(server).tags("shop/api", {})
    assert len(listing.sightings) == 100
    assert listing.cut
    assert "may be cut short" in listing.cut


def catalogue(seen: Seen, *, leads_on: bool) -> Reply:
    paths = [f"shop/r{number:03}" for number in range(200)]
    last = seen.path.partition("last=")[2] if leads_on else ""
    body = json.dumps({"repositories": [path for path in paths if path > last][:50]})
    return Reply(body=body.encode())


def test_a_catalogue_that_is_cut_is_followed_to_its_end() -> None:
    with hostile(lambda seen: catalogue(seen, leads_on=True)) as server:
        assert len(list(registry(server).repositories())) == 200


def test_a_catalogue_that_is_cut_and_leads_nowhere_is_an_error() -> None:
    with (
        hostile(lambda seen: catalogue(seen, leads_on=False)) as server,
        pytest.raises(PermanentError, match="may be cut short; name the repositories"),
    ):
        list(registry(server).repositories())
