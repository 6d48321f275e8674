"""The meter, the pace, what is kept for a moment, and what a configuration may not say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from watcher.adapters.distribution import Credentials, Meter
from watcher.adapters.distribution.recent import Recent
from watcher.adapters.http import Connecting
from watcher.adapters.http.pace import Pace
from watcher.adapters.registries.oci import OciRegistry
from watcher.domain.errors import UsageError
from watcher.domain.pattern import Selection
from watcher.ports.registry import Traffic

URL = "https://r.example"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v2/a/manifests/1.0", (1, 1, 5)),
        ("HEAD", "/v2/a/manifests/1.0", (1, 0, 0)),
        ("GET", "/v2/a/blobs/sha256:0", (1, 0, 5)),
        ("GET", "/v2/a/manifests/tags/list?n=5", (1, 0, 0)),
        ("GET", "/v2/a/blobs/tags/list?last=/manifests/x", (1, 0, 0)),
        ("GET", "/v2/_catalog", (1, 0, 0)),
        ("GET", "/v1/projects/p/locations/l/repositories/manifests/dockerImages", (1, 0, 0)),
        ("GET", "/v2/", (1, 0, 0)),
    ],
)
def test_traffic_is_counted_by_what_is_asked(
    method: str, path: str, expected: tuple[int, int, int]
) -> None:
    traffic = Traffic()
    meter = Meter(traffic)
    meter.sent(method, URL + path)
    meter.received(method, URL + path, 5)
    assert (traffic.requests, traffic.manifest_gets, traffic.bytes_pulled) == expected


def test_a_pace_spreads_turns_out() -> None:
    now = 100.0
    slept: list[float] = []
    pace = Pace(4, clock=lambda: now, sleep=slept.append)
    for _ in range(4):
        pace.wait()
    assert slept == [0.25, 0.5, 0.75]


def test_a_pause_earns_no_burst() -> None:
    moments = iter([0.0, 10.0, 10.0])
    slept: list[float] = []
    pace = Pace(1, clock=lambda: next(moments), sleep=slept.append)
    for _ in range(3):
        pace.wait()
    assert slept == [1.0]


def test_without_a_rate_nobody_waits() -> None:
    slept: list[float] = []
    pace = Pace(None, sleep=slept.append)
    pace.wait()
    pace.wait()
    assert slept == []


def test_what_was_used_longest_ago_makes_room() -> None:
    recent: Recent[str] = Recent(10)
    recent.keep("a", "1", "one", 4)
    recent.keep("a", "2", "two", 4)
    assert recent.get("a", "1") == "one"
    recent.keep("b", "3", "three", 4)
    assert recent.get("a", "2") is None
    assert recent.get("a", "1") == "one"
    assert recent.get("b", "3") == "three"
    assert recent.get("b", "1") is None
    recent.keep("c", "4", "four", 11)
    assert recent.get("c", "4") is None


def test_what_is_kept_twice_counts_once() -> None:
    recent: Recent[str] = Recent(10)
    for _ in range(5):
        recent.keep("a", "1", "one", 8)
    assert recent.get("a", "1") == "one"


def test_credentials_are_never_shown() -> None:
    credentials = Credentials("reader", "s3cret")
    assert "s3cret" not in repr(credentials)
    assert credentials.basic == "Basic cmVhZGVyOnMzY3JldA=="
    registry = OciRegistry("hub", URL, credentials=credentials)
    access = registry.pull_access("shop/api", "sha256:0")
    assert access.password == "s3cret"  # noqa: S105
    assert "s3cret" not in repr(access) + repr(registry) + repr(vars(registry))


@pytest.mark.parametrize(
    ("url", "reference", "plain"),
    [
        ("https://r.example", "r.example/shop/api@sha256:0", False),
        ("https://r.example/", "r.example/shop/api@sha256:0", False),
        ("http://127.0.0.1:5000", "127.0.0.1:5000/shop/api@sha256:0", True),
        ("https://r.example/mirror/", "r.example/mirror/shop/api@sha256:0", False),
    ],
)
def test_pull_access_is_written_as_other_programs_want_it(
    url: str, reference: str, *, plain: bool
) -> None:
    access = OciRegistry("local", url).pull_access("shop/api", "sha256:0")
    assert (access.reference, access.plain_http) == (reference, plain)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "r.example"},
        {"url": "ftp://r.example"},
        {"url": "https://"},
        {"url": "https://me:pw@r.example"},
        {"url": "https://r.example?x=1"},
        {"selection": Selection.parse(("Shop/api",))},
    ],
)
def test_what_cannot_work_is_said_at_once(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        OciRegistry(**{"name": "local", "url": URL, **wrong})  # type: ignore[arg-type]
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong", [{"concurrency": 0}, {"rate": 0}, {"rate": -1.0}, {"tls_ca": Path("/nowhere")}]
)
def test_a_connection_that_cannot_work_is_said_at_once(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Connecting(**wrong)


def test_a_connection_shows_no_proxy() -> None:
    assert "s3cret" not in repr(Connecting(proxy="http://me:s3cret@p.example"))


@pytest.mark.parametrize(
    ("path", "gets"),
    [("/v2/a/manifests/1.0", 1), ("/v2/namespaces/x/repositories/manifests/tags", 0)],
)
def test_only_what_is_pulled_counts_as_a_manifest(path: str, gets: int) -> None:
    traffic = Traffic()
    meter = Meter(traffic, URL)
    meter.sent("GET", (URL if gets else "https://api.example") + path)
    assert (traffic.requests, traffic.manifest_gets) == (1, gets)
