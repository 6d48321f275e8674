"""What `watcher doctor` says of Docker Hub: each thing that may be wrong by its name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.registry.docker_hub.conftest import API, Bench
from tests.contract.registry.images import image
from tests.servers.docker_hub import OWNER, Account
from tests.servers.hostile import Reply, Seen, hostile
from watcher.adapters.distribution import Credentials
from watcher.adapters.registries.docker_hub import Hosts
from watcher.domain.errors import (
    AttemptError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
)

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _pushed(bench: Bench) -> None:
    bench.server.hub.push(API, "1.0", image())
    bench.server.hub.push("acme/secret", "1.0", image())
    bench.server.hub.repositories["acme/secret"].private = True


def always(reply: Reply) -> Callable[[Seen], Reply]:
    return lambda _: reply


def allowed(bench: Bench, *scopes: str) -> None:
    bench.server.accounts["acme"] = Account(OWNER.username, OWNER.password, scopes)


def test_all_is_well(bench: Bench) -> None:
    assert bench.adapter().check().line == (
        f"{bench.server.api_url} answers as acme; repositories included: 2"
        " (1 private ones are shown to us); 100 of 100 pulls are left"
    )


def test_all_is_well_without_credentials(bench: Bench) -> None:
    line = bench.adapter(None).check().line
    assert "without credentials; repositories included: 1 (0 private" in line


def test_a_check_costs_no_pull(bench: Bench) -> None:
    adapter = bench.adapter()
    adapter.check()
    assert bench.server.pulls.pulled == 0
    assert adapter.traffic.manifest_gets == 0


def test_a_wrong_password_is_said_to_be_wrong(bench: Bench) -> None:
    with pytest.raises(UnauthorizedError, match="username or password is refused"):
        bench.adapter(Credentials("acme", "wrong")).check()


@pytest.mark.parametrize(
    ("scopes", "missing"),
    [
        (("scope-repository-list", "scope-image-pull"), "Tag Read (scope-tag-read)"),
        (("scope-repository-list", "scope-tag-read"), "Image Pull (scope-image-pull)"),
    ],
)
def test_a_permission_that_is_missing_is_named(
    bench: Bench, scopes: tuple[str, ...], missing: str
) -> None:
    allowed(bench, *scopes)
    with pytest.raises(UnauthorizedError) as caught:
        bench.adapter().check()
    assert f"the token lacks {missing}, or Repo Read-only" in str(caught.value)


def test_a_list_that_is_refused_names_the_permission(bench: Bench) -> None:
    denied = Reply(403, {}, b'{"message": "permission denied"}')
    bench.server.fault = lambda seen: denied if "repositories?" in seen.path else None
    with pytest.raises(UnauthorizedError, match=r"lacks Repository List \(scope-repository-list\)"):
        bench.adapter().check()


def test_private_repositories_that_hub_keeps_silent_about_can_be_told_by_their_number(
    bench: Bench,
) -> None:
    allowed(bench, "scope-tag-read", "scope-image-pull")
    assert (
        "repositories included: 1 (0 private ones are shown to us)" in bench.adapter().check().line
    )


def test_an_api_at_the_wrong_address_is_said_to_be_wrong(bench: Bench) -> None:
    with hostile(lambda _: Reply(404)) as other:
        hosts = Hosts(bench.server.url, other.url)
        with pytest.raises(PermanentError, match="Docker Hub is not at api_url"):
            bench.adapter(hosts=hosts).check()
        with pytest.raises(TransientError, match=r"not Docker Hub's.*correct api_url"):
            bench.adapter(None, hosts=hosts).check()


def test_a_registry_at_the_wrong_address_is_said_to_be_wrong(bench: Bench) -> None:
    with hostile(lambda _: Reply(404)) as other:
        hosts = Hosts(other.url, bench.server.api_url)
        with pytest.raises(PermanentError, match="no registry answers at this url"):
            bench.adapter(hosts=hosts).check()


def test_nobody_there_is_said(bench: Bench) -> None:
    with hostile(lambda _: Reply()) as gone:
        hosts = Hosts(gone.url, gone.url)
    with pytest.raises(TransientError, match="connection refused"):
        bench.adapter(hosts=hosts).check()


def test_a_rate_limit_of_the_api_is_said(bench: Bench) -> None:
    bench.server.fault = lambda _: Reply(429, {"Retry-After": "50"})
    with pytest.raises(RateLimitedError, match="429"):
        bench.adapter().check()


def test_pulls_that_are_used_up_are_said(bench: Bench) -> None:
    bench.server.pulls.pulled = 95
    with pytest.raises(RateLimitedError, match="5 of 100 pulls are left, and 20 are kept"):
        bench.adapter().check()


def test_every_answer_is_one_line(bench: Bench) -> None:
    for status in (400, 401, 403, 404, 418, 429, 500):
        failing = Reply(status, {}, b'{"message": "a\\nb"}')
        bench.server.fault = always(failing)
        with pytest.raises(AttemptError) as caught:
            bench.adapter().check()
        assert str(caught.value).isprintable()
