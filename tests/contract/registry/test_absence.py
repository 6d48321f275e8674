"""A 404 is evidence of absence only where a registry says so."""

from __future__ import annotations

import pytest

from tests.contract.registry.loopback import TAGS, answering, listed, pointing, registry
from tests.servers.hostile import Reply, Seen, hostile
from watcher.domain.errors import NotFoundError, PermanentError, TransientError

pytestmark = pytest.mark.servers


def test_a_404_counts_only_where_a_registry_answers() -> None:
    with hostile(lambda _: Reply(404)) as server:
        adapter = registry(server)
        for attempt in (
            lambda: adapter.tags("shop/api", {}),
            lambda: adapter.resolve("shop/api", "1.0"),
        ):
            with pytest.raises(TransientError, match="nothing is known to be gone"):
                attempt()


def test_a_404_of_a_registry_is_absence() -> None:
    with hostile(answering()) as server, pytest.raises(NotFoundError):
        registry(server).tags("shop/api", {})


def test_a_404_in_the_middle_of_a_list_is_no_absence() -> None:
    def answer(seen: Seen) -> Reply:
        return Reply(404) if "last" in seen.path else listed("a", Link=f"<{TAGS}?last=a>; rel=next")

    with hostile(answer) as server, pytest.raises(TransientError):
        registry(server).tags("shop/api", {})


def test_a_tag_that_vanishes_while_it_is_listed_is_gone() -> None:
    rules = ((TAGS, listed("a", "b")), ("/v2/shop/api/manifests/a", pointing()))
    with hostile(answering(*rules)) as server:
        listing = registry(server).tags("shop/api", {})
    assert [one.tag for one in listing.sightings] == ["a"]
    assert listing.failed == {}


def test_tags_that_all_vanish_with_the_registry_are_not_gone() -> None:
    def answer(seen: Seen) -> Reply:
        return listed("a", "b") if seen.path.startswith(TAGS) else Reply(404)

    with hostile(answer) as server, pytest.raises(TransientError):
        registry(server).tags("shop/api", {})


def test_a_token_server_that_is_not_there_is_no_absence() -> None:
    def answer(seen: Seen) -> Reply:
        if seen.path.startswith("/token"):
            return Reply(404)
        return Reply(
            401, {"WWW-Authenticate": f'Bearer realm="http://{seen.headers["host"]}/token"'}
        )

    with hostile(answer) as server:
        with pytest.raises(PermanentError, match="realm") as caught:
            registry(server).tags("shop/api", {})
        assert not isinstance(caught.value, NotFoundError)
