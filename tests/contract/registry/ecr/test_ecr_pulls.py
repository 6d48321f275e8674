"""Pulls from ECR: tokens of some hours, and nothing touched that nobody needs."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.registry.images import image, seen
from tests.contract.registry.subjects.ecr import EcrSubject, registry
from tests.servers.ecr import Ecr
from tests.servers.hostile import Reply
from watcher.adapters.registries.ecr import login
from watcher.demo.workshop import Artifact, Index
from watcher.demo.workshop.blobs import Blob
from watcher.domain.errors import PermanentError, UnauthorizedError

pytestmark = pytest.mark.servers

API = "shop/api"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HELM = Artifact(
    Blob.of("application/vnd.cncf.helm.config.v1+json", b'{"name":"chart"}'),
    (Blob.of("application/vnd.cncf.helm.chart.content.v1.tar+gzip", b"chart"),),
)


def test_looking_at_tags_touches_no_pull_time(subject: EcrSubject) -> None:
    digest = subject.push(API, "1.0", image())
    adapter = registry()
    listing = adapter.tags(API, {})
    adapter.tags(API, seen({"1.0": digest}))
    assert adapter.resolve(API, "1.0") == listing.sightings[0]
    adapter.check()
    adapter.address(API)
    adapter.pull_access(API, digest)
    assert subject.server.registry.pulled == set()
    adapter.manifest(API, digest)
    assert subject.server.registry.pulled == {digest}


def test_one_token_serves_all_pulls(server: Ecr) -> None:
    pushed = [server.store.push(API, f"1.{n}", image(str(n))) for n in range(5)]
    adapter = registry()
    for digest in pushed:
        adapter.manifest(API, digest)
        assert adapter.pull_access(API, digest).username == "AWS"
    assert server.counts["GetAuthorizationToken"] == 1


def test_a_token_is_replaced_before_it_ends(server: Ecr, monkeypatch: pytest.MonkeyPatch) -> None:
    server.api.lifetime = timedelta(hours=2)
    digest = server.store.push(API, "1.0", image())
    hours = [0.0]
    adapter = registry()
    account, _ = adapter._at(API)
    monkeypatch.setattr(account._login, "_clock", lambda: hours[0] * 3600)
    first = adapter.pull_access(API, digest).password
    hours[0] = 1.5
    assert adapter.pull_access(API, digest).password == first
    hours[0] = 1.7
    assert adapter.pull_access(API, digest).password != first


def test_a_token_that_is_refused_is_replaced_once(
    server: Ecr, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed = [server.store.push(API, f"1.{n}", image(str(n))) for n in range(2)]
    adapter = registry()
    adapter.manifest(API, pushed[0])
    server.registry.ended |= server.api.tokens.keys()
    account, _ = adapter._at(API)
    monkeypatch.setattr(account._login, "_clock", lambda: time.monotonic() + 120)
    assert adapter.manifest(API, pushed[1]).digest == pushed[1]
    assert server.counts["GetAuthorizationToken"] == 2


def test_a_brand_new_token_that_is_refused_is_not_the_reason(server: Ecr) -> None:
    digest = server.store.push(API, "1.0", image())
    server.registry.denied = "ecr:BatchGetImage"
    with pytest.raises(UnauthorizedError, match="needs ecr:BatchGetImage"):
        registry().manifest(API, digest)
    assert server.counts["GetAuthorizationToken"] == 1


def test_a_right_that_is_taken_away_later_is_named_too(
    server: Ecr, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed = [server.store.push(API, f"1.{n}", image(str(n))) for n in range(2)]
    adapter = registry()
    adapter.manifest(API, pushed[0])
    server.registry.denied = "ecr:BatchGetImage"
    account, _ = adapter._at(API)
    monkeypatch.setattr(account._login, "_clock", lambda: time.monotonic() + 120)
    with pytest.raises(UnauthorizedError, match="needs ecr:BatchGetImage"):
        adapter.manifest(API, pushed[1])
    assert server.counts["GetAuthorizationToken"] == 2


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"authorizationData": []}',
        b'{"authorizationData": [{"authorizationToken": "QVdTOng="}]}',
        b'{"authorizationData": [{"authorizationToken": "QVdTOng=", "proxyEndpoint": "http://r.example"}]}',
        b'{"authorizationData": [{"authorizationToken": "QVdT", "proxyEndpoint": "https://r.example"}]}',
        b'{"authorizationData": [{"authorizationToken": "?", "proxyEndpoint": "https://r.example"}]}',
        b'{"authorizationData": [{"authorizationToken": "QVdTOgo=", "proxyEndpoint": "https://r.example"}]}',
        b'{"authorizationData": [{"authorizationToken": "QVdTOng=", "proxyEndpoint": "file:///etc"}]}',
    ],
)
def test_a_token_that_cannot_be_one_is_refused(server: Ecr, body: bytes) -> None:
    server.fail("GetAuthorizationToken", Reply(body=body))
    with pytest.raises(PermanentError):
        registry().pull_access(API, image().digest)


@pytest.mark.parametrize(
    ("until", "date", "seconds"),
    [
        (NOON + timedelta(hours=12), "Sun, 01 Mar 2026 12:00:00 GMT", 12 * 3600),
        (NOON + timedelta(hours=1), "Sun, 01 Mar 2026 12:30:00 GMT", 1800),
        (NOON + timedelta(days=9), "Sun, 01 Mar 2026 12:00:00 GMT", 12 * 3600),
        (NOON - timedelta(hours=1), "Sun, 01 Mar 2026 12:00:00 GMT", 0),
        (NOON, "", 3600),
        ("soon", "Sun, 01 Mar 2026 12:00:00 GMT", 3600),
    ],
)
def test_how_long_a_token_lasts_is_told_by_the_clock_of_aws_alone(
    until: object, date: str, seconds: float
) -> None:
    assert login._lasts(until, date) == seconds


def test_charts_and_what_refers_to_an_image_are_left_out(server: Ecr) -> None:
    index = Index((image("a"), image("b", "linux/arm64")), attested=True)
    pushed = server.store.push(API, "1.0", index)
    server.store.push(API, "chart", HELM)
    server.store.push(API, "signed", image("signature"))
    images = server.store.images("111111111111", "eu-west-1", API)
    images[image("signature").digest].subject = pushed
    assert {one.tag: one.digest for one in registry().tags(API, {}).sightings} == {"1.0": pushed}


def test_an_image_that_becomes_a_chart_is_gone_without_another_look(server: Ecr) -> None:
    before = server.store.push(API, "1.0", image())
    server.store.push(API, "1.0", HELM)
    for number in range(5):
        server.store.push(API, f"2.{number}", image(str(number)))
    listing = registry(page=4).tags(API, seen({"1.0": before}))
    assert "1.0" not in {one.tag for one in listing.sightings}
    assert server.counts["DescribeImages"] == 2


def test_a_push_time_is_when_the_digest_was_first_pushed(server: Ecr) -> None:
    server.store.push(API, "rc", image("1"), at=NOON)
    server.store.push(API, "latest", image("2"), at=NOON + timedelta(days=1))
    server.store.push(API, "latest", image("1"), at=NOON + timedelta(days=2))
    times = {one.tag: one.pushed_at for one in registry().tags(API, {}).sightings}
    assert times == {"rc": NOON, "latest": NOON}
