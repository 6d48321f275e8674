"""What a remote says is left, in each of the ways remotes say it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from watcher.adapters.http import Answer
from watcher.adapters.http.quota import Quota, quota_of

NOON = {"Date": "Sat, 31 Jan 2026 12:00:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "quota"),
    [
        ({"RateLimit-Remaining": "76;w=21600", "RateLimit-Limit": "100;w=21600"}, (76, 100, 21600)),
        ({"RateLimit-Remaining": "0;w=21600"}, (0, None, 21600)),
        ({"RateLimit-Remaining": "3", "RateLimit-Limit": "10;w=60"}, (3, 10, 60)),
        ({"RateLimit-Remaining": "3", "RateLimit-Limit": "10, 10;window=60"}, (3, 10, None)),
        ({"RateLimit-Remaining": "3", "RateLimit-Reset": "40"}, (3, None, 40)),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1769860840"}, (0, None, 40)),
        ({"X-RateLimit-Remaining": "5", "X-RateLimit-Limit": "180"}, (5, 180, None)),
    ],
)
def test_a_quota_is_read(
    headers: Mapping[str, str], quota: tuple[int, int | None, float | None]
) -> None:
    assert quota_of(Answer("GET", "https://r.example", 200, {**NOON, **headers}, b"")) == Quota(
        *quota
    )


@pytest.mark.parametrize(
    "headers",
    [{}, {"RateLimit-Remaining": "many"}, {"RateLimit-Limit": "100"}, {"RateLimit-Remaining": ""}],
)
def test_what_says_nothing_is_none(headers: Mapping[str, str]) -> None:
    assert quota_of(Answer("GET", "https://r.example", 200, headers, b"")) is None
