"""A Harbor that fails, in whole or half way, gives an error and no smaller registry."""

from __future__ import annotations

import json
from io import BufferedIOBase

import pytest

from tests.contract.registry.harbor.asking import listed, registry, swept
from tests.contract.registry.images import image
from tests.contract.registry.subjects.harbor import USER
from tests.servers.harbor import Harbor, stand_in
from tests.servers.hostile import Reply, hostile
from watcher.domain.errors import (
    AttemptError,
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
)

pytestmark = pytest.mark.servers

TOTAL = {"X-Total-Count": "12"}


def cut_short(out: BufferedIOBase) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nX-Total-Count: 12\r\nContent-Length: 99\r\n\r\n[")


# Each with its error, and how often it is asked for before that.
FAILURES = [
    (Reply(401), UnauthorizedError, 1),
    (Reply(429, {"Retry-After": "3600"}), RateLimitedError, 1),
    (Reply(500), TransientError, 2),
    (Reply(502), TransientError, 2),
    (Reply(503, {"Retry-After": "3600"}), TransientError, 1),
    (Reply(script=lambda _: None), TransientError, 2),
    (Reply(script=cut_short), TransientError, 2),
    (Reply(200, {**TOTAL, "Content-Length": str(10**8)}), PermanentError, 1),
    (Reply(200, TOTAL, b"<html>"), PermanentError, 1),
    (Reply(200, TOTAL, b"{}"), PermanentError, 1),
    (Reply(200, TOTAL, b"[7]"), PermanentError, 1),
    (Reply(200, TOTAL, b"[NaN"), PermanentError, 1),
    (Reply(200, {}, b"[]"), PermanentError, 1),
    (Reply(200, {"X-Total-Count": "many"}, b"[]"), PermanentError, 1),
    (Reply(200, TOTAL, b"[]"), TransientError, 3),
    (Reply(200, TOTAL, b"null"), TransientError, 3),
]
KINDS = ("projects", "repositories", "project/artifacts")


@pytest.fixture
def fleet(stub: Harbor) -> Harbor:
    for number in range(12):
        stub.records.place(f"shop/r{number:02}", "1.0", stand_in(str(number)))
        stub.records.project(f"other-{number:02}")
    return stub


@pytest.mark.parametrize("first", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("reply", "error", "_"), FAILURES)
def test_a_failure_at_the_start_or_half_way_is_an_error(
    fleet: Harbor, kind: str, first: int, reply: Reply, error: type[AttemptError], _: int
) -> None:
    fleet.fail(kind, reply, first=first)
    with pytest.raises(error) as caught:
        swept(registry(fleet, page=5))
    assert not isinstance(caught.value, NotFoundError)
    assert "\n" not in str(caught.value)
    assert USER.secret not in repr(caught.value)


@pytest.mark.parametrize(("reply", "error", "requests"), FAILURES)
def test_a_failure_of_one_repository_hides_no_other(
    fleet: Harbor, reply: Reply, error: type[AttemptError], requests: int
) -> None:
    fleet.fail("project/artifacts", Reply(404))
    adapter = registry(fleet, page=5)
    paths = list(adapter.repositories())
    fleet.fail("artifacts", reply, first=2, times=requests)
    found = adapter.listings(adapter.groups(paths)[0], {}, thorough=True)
    assert listed(found["shop/r00"])
    assert isinstance(found["shop/r01"], error)
    # One who refuses us, or asks for a pause, is not asked on.
    hopeless = error is UnauthorizedError or "Retry-After" in reply.headers
    failed = {path for path, one in found.items() if isinstance(one, AttemptError)}
    assert failed == (set(paths[1:]) if hopeless else {"shop/r01"})


def test_a_harbor_in_trouble_is_not_asked_for_every_repository(fleet: Harbor) -> None:
    fleet.fail("project/artifacts", Reply(404))
    fleet.fail("artifacts", Reply(500))
    adapter = registry(fleet)
    paths = list(adapter.repositories())
    found = adapter.listings(adapter.groups(paths)[0], {}, thorough=True)
    assert {type(one) for one in found.values()} == {TransientError}
    assert fleet.counts["artifacts"] == 5 * 2


def test_the_pause_that_is_asked_for_is_handed_on(fleet: Harbor) -> None:
    fleet.fail("projects", Reply(429, {"Retry-After": "3600"}))
    with pytest.raises(RateLimitedError) as caught:
        list(registry(fleet).repositories())
    assert caught.value.retry_after == 3600
    assert fleet.counts["projects"] == 1


def test_a_short_failure_is_asked_again(fleet: Harbor) -> None:
    for kind in KINDS:
        fleet.fail(kind, Reply(503), times=1)
    assert len(swept(registry(fleet))) == 12


def test_a_login_never_goes_along_to_another_host(fleet: Harbor) -> None:
    with hostile(lambda _: Reply(200, TOTAL, b"[]"), "127.0.0.2") as thief:
        fleet.fail("repositories", Reply(302, {"Location": f"{thief.url}/x"}))
        with pytest.raises(AttemptError):
            list(registry(fleet).repositories())
        assert thief.seen
        assert all("authorization" not in one.headers for one in thief.seen)


@pytest.mark.parametrize(
    "entry",
    [
        {"name": None},
        {"name": 7},
        {"name": "shop/r", "artifact_count": -1},
        {"name": "shop/r", "artifact_count": "many"},
        {"name": "shop/Ä"},
        {"name": "shop/../etc"},
    ],
)
def test_a_repository_that_makes_no_sense_is_an_error(
    stub: Harbor, entry: dict[str, object]
) -> None:
    stub.records.project("shop")
    stub.fail("repositories", Reply(200, {"X-Total-Count": "1"}, json.dumps([entry]).encode()))
    with pytest.raises(PermanentError):
        list(registry(stub).repositories())


@pytest.mark.parametrize(
    "artifact",
    [
        {"digest": "sha256:x", "tags": [7]},
        {"digest": "sha256:x", "tags": "latest"},
        {"digest": "sha256:x", "tags": [{"name": None}]},
        {"digest": 7},
        {"id": -1},
    ],
)
def test_an_artifact_that_makes_no_sense_is_an_error(
    stub: Harbor, artifact: dict[str, object]
) -> None:
    stub.records.push("shop/api", "1.0", image())
    stub.fail("artifacts", Reply(200, {"X-Total-Count": "1"}, json.dumps([artifact]).encode()))
    with pytest.raises(PermanentError):
        registry(stub).tags("shop/api", {})


def test_a_digest_that_is_none_fails_its_tags_alone(stub: Harbor) -> None:
    artifact = {"digest": "sha512:x", "tags": [{"name": "1.0"}], "type": "IMAGE"}
    stub.records.push("shop/api", "1.1", image())
    stub.fail("artifacts", Reply(200, {"X-Total-Count": "1"}, json.dumps([artifact]).encode()))
    listing = registry(stub).tags("shop/api", {})
    assert listing.sightings == ()
    assert "no sha256 digest" in listing.failed["1.0"]
