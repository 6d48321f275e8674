"""How long a Harbor that fails is asked on, for one repository after another."""

from __future__ import annotations

from collections.abc import Callable

from watcher.domain.errors import (
    AttemptError,
    NotFoundError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
)
from watcher.ports.registry import Listing

_FAILURES = 5  # in a row


class Patience:
    """Listings one by one, until Harbor refuses us, asks for a pause, or fails time and again."""

    def __init__(self) -> None:
        self._failures = 0
        self._stop: AttemptError | None = None

    def listing(self, go: Callable[[], Listing], *, free: bool) -> Listing | AttemptError:
        """A listing, or why there is none; one that is `free` asks for nothing and always comes."""
        if self._stop is not None and not free:
            return self._stop
        try:
            found = go()
        except NotFoundError as error:
            return error
        except AttemptError as error:
            self._failures += 1
            if self._failures >= _FAILURES or _hopeless(error):
                self._stop = error
            return error
        self._failures = 0
        return found


def _hopeless(error: AttemptError) -> bool:
    """Tell whether the next question would be answered no better."""
    asks_for_a_pause = isinstance(error, TransientError) and error.retry_after is not None
    return asks_for_a_pause or isinstance(error, UnauthorizedError | RateLimitedError)
