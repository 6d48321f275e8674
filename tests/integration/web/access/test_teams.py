"""A viewer who is limited to teams sees their streams, and of others not even that they exist."""

from __future__ import annotations

import pytest

from tests.integration.web.access.conftest import House
from tests.integration.web.streams import GONE, LINE, PLATFORMS, TAG, UNCOVERED
from watcher.web.addresses import Addresses

AT = Addresses()
# Streams of others, and what names them.
OTHERS = ("data/etl", "pay/gate", "ops/cron", "data & more", "data &amp; more")
PLACES = [
    "/",
    "/exposures?state=any",
    "/streams",
    "/coverage",
    "/knowledge",
    "/bumps",
    "/find?q=a",
    "/find?q=local",
    "/find?q=curl",
    "/find?q=openssl",
    "/find?q=CVE-2026-4",
    "/streams/local",
    "/streams/local/shop",
    "/vulnerabilities/CVE-2026-1",
    AT.stream(LINE, "linux/amd64"),
    AT.stream(TAG, "linux/amd64"),
    "/api/v1/report",
    "/api/v1/exposures",
    "/api/v1/streams",
    "/api/v1/images",
    "/api/v1/knowledge",
    "/api/v1/bumps",
    "/api/v1/find?q=a",
]
HIDDEN = [
    AT.stream(PLATFORMS, "linux/amd64"),
    AT.stream(UNCOVERED, "linux/amd64"),
    "/streams/local/data",
    "/streams/local/pay/gate",
]


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("as_of", ["", "2026-03-12T12:00:00Z", "2026-03-09T00:00:00Z"])
def test_what_others_have_is_nowhere(at: House, path: str, as_of: str) -> None:
    asked = f"{path}{'&' if '?' in path else '?'}as_of={as_of}" if as_of else path
    if path == "/api/v1/bumps" and as_of:
        asked = path
    answer = at.seen("ann", asked)
    assert answer.status == 200
    for word in OTHERS:
        assert word not in answer.html, word


@pytest.mark.parametrize("path", ["/streams", "/exposures", "/coverage", "/find?q=local"])
def test_who_sees_everything_sees_that(at: House, path: str) -> None:
    told = at.seen("ada", path).html
    assert any(word in told for word in OTHERS)


@pytest.mark.parametrize("path", HIDDEN)
def test_what_others_have_is_not_there(at: House, path: str) -> None:
    assert at.seen("ada", path).status == 200
    answer = at.seen("ann", path)
    assert answer.status == 404
    assert "No " in answer.text


def test_an_image_of_others_is_not_there(at: House) -> None:
    images = at.seen("ada", "/api/v1/images").json()["images"]
    other = next(one["image"] for one in images if "data/etl" in one["image"])
    own = next(one["image"] for one in images if "shop/web" in one["image"])
    for name, status in ((other, 404), (own, 200)):
        repository, _, digest = name.rpartition("@")
        assert at.seen("ann", AT.image(repository, digest)).status == status
        # Nor under the name of a repository that is seen.
    digest = other.rpartition("@")[2]
    assert at.seen("ann", AT.image("local/shop/web", digest)).status == 404


def test_figures_are_of_what_is_seen(at: House) -> None:
    asked = "/api/v1/report?since=2026-03-02T00:00:00Z"
    whole, part = at.seen("ada", asked).json(), at.seen("ann", asked).json()
    assert part["by_team"].keys() == {"shop"}
    of_shop = whole["by_team"]["shop"]
    for name in ("exposure_days", "open_age_mean_days", "mttr_naive_days"):
        assert part["figures"][name]["value"] == of_shop[name]["value"]
    assert part["episodes"]["open"] < whole["episodes"]["open"]
    assert part["coverage"]["streams"] < whole["coverage"]["streams"]
    assert "of these teams alone: shop" in part["scope"]


def test_figures_known_now_of_a_past_time_are_of_what_is_seen_too(at: House) -> None:
    asked = "/api/v1/report?as_of=2026-03-09T00:00:00Z&known_now=true"
    assert at.seen("ann", asked).json()["by_team"].keys() == {"shop"}


def test_one_without_any_team_sees_nothing(at: House) -> None:
    assert at.seen("vic", "/api/v1/streams").json()["streams"] == []
    assert at.seen("vic", "/api/v1/exposures").json()["windows"] == []
    assert at.seen("vic", "/").status == 200
    assert at.seen("vic", AT.stream(GONE, "linux/amd64")).status == 404


def test_an_operator_is_limited_to_no_team(at: House) -> None:
    told = [at.seen(sub, "/api/v1/streams").json()["streams"] for sub in ("olga", "ada")]
    assert told[0] == told[1]


def test_a_filter_by_another_team_finds_nothing(at: House) -> None:
    page = at.seen("ann", "/exposures?team=data+%26+more&state=any")
    assert "0 windows" in page.text.replace(",", "")
    listed = at.seen("ann", "/api/v1/exposures?stream=local/data/etl:latest").json()
    assert listed["windows"] == []
