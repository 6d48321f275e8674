"""A listing's own patience and the client's circuit breaker: each stops, neither loses a tag."""

from __future__ import annotations

import pytest

from tests.contract.registry.loopback import TAGS, answering, listed, pointing, registry
from tests.servers.hostile import Reply, Seen, hostile
from watcher.adapters.http import Breaking, Connecting, Retrying, Timeouts
from watcher.adapters.registries.oci import OciRegistry
from watcher.domain.errors import TransientError

pytestmark = pytest.mark.servers

NAMES = [f"t{number:03}" for number in range(200)]


def test_a_breaker_that_opens_in_mid_listing_leaves_every_tag_failed_and_none_gone() -> None:
    def answer(seen: Seen) -> Reply:
        if seen.path.startswith(TAGS):
            return listed(*NAMES)
        return pointing() if int(seen.path[-3:]) < 100 else Reply(503)

    with hostile(answer) as server:
        adapter = OciRegistry(
            "local",
            server.url,
            connecting=Connecting(
                concurrency=1,
                timeouts=Timeouts(connect=1, read=1, total=2),
                retrying=Retrying(attempts=1),
                breaking=Breaking(silent=1, failing=1, first=60),
            ),
        )
        found = adapter.tags("shop/api", {})
        # The list, the first hundred, and four failures.
        assert len(server.seen) == 1 + 100 + 4
        assert {one.tag for one in found.sightings} == set(NAMES[:100])
        assert set(found.failed) == set(NAMES[100:])
        assert "503" in found.failed["t100"]
        assert "not asked" in found.failed["t199"]
        with pytest.raises(TransientError, match=r"4 times in a row; tried again in \d+ s"):
            adapter.tags("shop/api", {})
        assert len(server.seen) == 105


def test_a_repository_of_broken_tags_takes_no_other_with_it() -> None:
    rules = (
        (TAGS, listed(*NAMES)),
        ("/v2/shop/api/manifests/", Reply(500)),
        ("/v2/shop/web/tags/list", listed("1.0")),
        ("/v2/shop/web/manifests/1.0", pointing()),
    )
    with hostile(answering(*rules)) as server:
        adapter = registry(server)
        with pytest.raises(TransientError, match="500"):
            adapter.tags("shop/api", {})
        assert [one.tag for one in adapter.tags("shop/web", {}).sightings] == ["1.0"]
