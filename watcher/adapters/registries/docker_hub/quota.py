"""Hub's two quotas: requests to its API, by the minute, and pulls, by the hours.

Every manifest that is fetched counts as a pull; asking for its digest does not, and tells what is
left. Some pulls are left to people: a registry that refuses theirs because of us would be switched
off.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from watcher.adapters.distribution.meter import kind_of
from watcher.adapters.http import Answer
from watcher.adapters.http.address import redacted
from watcher.adapters.http.quota import Quota, quota_of
from watcher.domain.errors import RateLimitedError

_RESERVED: Final = 5  # of the limit, a fifth
_BELIEVED: Final = 60.0  # seconds; others pull as well
_ASSUMED_WINDOW: Final = 6 * 3600.0
_ASSUMED_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Reading:
    quota: Quota
    at: float


class HubQuotas:
    """A gate of the HTTP client: no request that would not be answered, no pull of the reserve."""

    def __init__(
        self, pulled_from: str, api_url: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pulled_from = pulled_from
        self._api = f"{api_url}/v2/"
        self._clock = clock
        self._pulls: _Reading | None = None
        self._requests: _Reading | None = None
        self._lock = threading.Lock()

    def enter(self, method: str, url: str) -> None:
        """Raise RateLimitedError where the quota for this request is used up."""
        if self._is_manifest(url):
            if method == "GET":
                self.require(f"{method} {redacted(url)}")
        elif url.startswith(self._api):
            self._require_requests(f"{method} {redacted(url)}")

    def answered(self, answer: Answer) -> None:
        """Note what an answer says is left."""
        quota = quota_of(answer)
        reading = _Reading(quota, self._clock()) if quota else None
        with self._lock:
            if self._is_manifest(answer.url):
                # Paid accounts have no limit: what is answered to them tells of none.
                if reading or answer.status == HTTPStatus.OK:
                    self._pulls = reading
            elif answer.url.startswith(self._api) and reading:
                self._requests = reading

    @property
    def stale(self) -> bool:
        """Whether pulls are limited, and what is left was read too long ago to rely on it."""
        pulls = self._pulls
        return pulls is not None and self._clock() - pulls.at > _BELIEVED

    def require(self, what: str) -> None:
        """Raise RateLimitedError where no more may be pulled than is kept for people."""
        pulls = self._pulls
        if pulls is None:
            return
        kept = _kept(pulls.quota)
        left = self._left(pulls, _ASSUMED_WINDOW)
        if pulls.quota.remaining <= kept and left > 0:
            raise RateLimitedError(
                f"{what}: not pulled: {_told(pulls.quota)}, and {kept} are kept for people; all are"
                f" back in {left / 3600:.1f} h; a subscription has more",
                left,
            )

    def told(self) -> str:
        """Say what is left of the pulls."""
        pulls = self._pulls
        return _told(pulls.quota) if pulls else "no limit of pulls is told"

    def _require_requests(self, what: str) -> None:
        requests = self._requests
        if requests is None or requests.quota.remaining > 0:
            return
        left = self._left(requests, _ASSUMED_MINUTE)
        if left > 0:
            raise RateLimitedError(
                f"{what}: not asked: the requests Docker Hub allows are used up for another"
                f" {left:.0f} s; a lower rate helps",
                left,
            )

    def _left(self, reading: _Reading, assumed: float) -> float:
        renewed = reading.quota.renewed_in
        return reading.at + (assumed if renewed is None else renewed) - self._clock()

    def _is_manifest(self, url: str) -> bool:
        return url.startswith(f"{self._pulled_from}/v2/") and kind_of(url) == "manifests"


def _kept(quota: Quota) -> int:
    return -(-(quota.limit or 0) // _RESERVED)


def _told(quota: Quota) -> str:
    of = f" of {quota.limit}" if quota.limit is not None else ""
    return f"{quota.remaining}{of} pulls are left"
