"""Hub's quotas are kept, and some of the pulls are left to people."""

from __future__ import annotations

import pytest

from tests.contract.registry.docker_hub.conftest import API, Bench, looked
from tests.contract.registry.images import image
from tests.servers.hostile import Reply, Seen
from watcher.domain.errors import NotFoundError, RateLimitedError

pytestmark = pytest.mark.servers


def pulled(bench: Bench, count: int) -> list[str]:
    made = [image(str(number)) for number in range(count)]
    return [bench.server.hub.push(API, f"1.{number}", one) for number, one in enumerate(made)]


def test_pulling_stops_where_only_the_reserve_is_left(bench: Bench) -> None:
    bench.server.pulls.limit = 10
    digests = pulled(bench, 9)
    adapter = bench.adapter()
    for digest in digests[:8]:
        adapter.image(API, digest)
    with pytest.raises(RateLimitedError) as caught:
        adapter.image(API, digests[8])
    assert bench.server.pulls.pulled == 8
    assert (
        "not pulled: 2 of 10 pulls are left, and 2 are kept for people; all are back in 6.0 h"
        in (str(caught.value))
    )
    assert caught.value.retry_after == 21600


def test_nor_is_another_program_sent_to_pull(bench: Bench) -> None:
    bench.server.pulls.limit = 10
    (digest,) = pulled(bench, 1)
    adapter = bench.adapter()
    adapter.image(API, digest)
    bench.server.pulls.pulled = 9
    bench.clock.now += 61
    with pytest.raises(RateLimitedError, match="1 of 10 pulls are left"):
        adapter.pull_access(API, digest)


def test_listing_goes_on_without_pulls(bench: Bench) -> None:
    bench.server.pulls.limit = 1
    bench.server.pulls.pulled = 1
    (digest,) = pulled(bench, 1)
    bench.server.hub.change(API, "1.0", told=False)
    adapter = bench.adapter()
    for _ in range(2):
        assert [one.digest for one in adapter.tags(API, {}).sightings] == [digest]
    with pytest.raises(RateLimitedError):
        adapter.manifest(API, digest)
    assert "manifest-get" not in bench.server.counted


def test_what_is_left_is_read_again_for_nothing(bench: Bench) -> None:
    bench.server.pulls.limit = 10
    first, second = pulled(bench, 2)
    adapter = bench.adapter()
    bench.server.pulls.pulled = 8
    adapter.image(API, first)  # what is left is known from here on
    with pytest.raises(RateLimitedError):
        adapter.image(API, second)
    bench.server.pulls.pulled = 0
    bench.clock.now += 61
    assert adapter.image(API, second).digest == second
    assert bench.server.counted["manifest-head"] == 1


def test_an_error_that_tells_of_no_quota_lifts_none(bench: Bench) -> None:
    bench.server.pulls.limit = 10
    bench.server.pulls.pulled = 8
    (digest,) = pulled(bench, 1)
    adapter = bench.adapter()
    adapter.pull_access(API, digest)
    adapter.image(API, digest)
    bench.clock.now += 61
    bench.server.fault = lambda seen: Reply(404) if seen.method == "HEAD" else None
    with pytest.raises(NotFoundError):
        adapter.pull_access(API, digest)
    with pytest.raises(RateLimitedError, match="1 of 10 pulls are left"):
        adapter._quotas.require("all")


def test_a_subscription_without_a_limit_has_none(bench: Bench) -> None:
    bench.server.pulls.limit = None
    digests = pulled(bench, 5)
    adapter = bench.adapter()
    assert [adapter.image(API, digest).digest for digest in digests] == digests
    bench.clock.now += 3600
    adapter.pull_access(API, digests[0])
    assert "manifest-head" not in bench.server.counted


def test_a_quota_that_people_used_up_is_a_rate_limit(bench: Bench) -> None:
    bench.server.pulls.limit = 10
    bench.server.pulls.pulled = 10
    (digest,) = pulled(bench, 1)
    with pytest.raises(RateLimitedError, match="0 of 10 pulls are left"):
        bench.adapter().image(API, digest)
    assert bench.server.counted["manifest-get"] == 1


LEFT = {"X-RateLimit-Limit": "180", "Date": "Sat, 31 Jan 2026 12:00:00 GMT"}
NOON = 1769860800


def counting_down(left: int) -> dict[str, str]:
    reset = {"X-RateLimit-Reset": str(NOON + 40)}
    return {**LEFT, **reset, "X-RateLimit-Remaining": str(left)}


def test_the_api_is_not_asked_once_its_minute_is_used_up(bench: Bench) -> None:
    bench.server.hub.fill(API, ["1.0"])
    page = b'{"count": 0, "next": null, "results": []}'
    bench.server.fault = lambda seen: (
        Reply(200, counting_down(0), page) if "/tags" in seen.path else None
    )
    adapter = bench.adapter()
    adapter.tags(API, {})
    with pytest.raises(RateLimitedError, match="used up for another 40 s") as caught:
        adapter.tags(API, {})
    assert caught.value.retry_after == 40
    assert bench.server.counted["tags"] == 1
    bench.clock.now += 41
    assert adapter.tags(API, {}).complete


@pytest.mark.parametrize(
    "headers",
    [{"Retry-After": "40"}, {"X-Retry-After": str(NOON + 40)}, {"Retry-After": str(NOON + 40)}],
)
def test_a_pause_is_kept_however_it_is_told(bench: Bench, headers: dict[str, str]) -> None:
    refused = Reply(429, {**headers, "Date": LEFT["Date"]})

    def limiting(seen: Seen) -> Reply | None:
        return refused if seen.method == "GET" and "/tags" in seen.path else None

    bench.server.fault = limiting
    adapter = bench.adapter()
    for _ in range(3):
        with pytest.raises(RateLimitedError) as caught:
            looked(adapter, {})
        assert caught.value.retry_after == 40
    assert bench.server.counted["tags"] == 1
