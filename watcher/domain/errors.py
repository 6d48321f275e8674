"""What can go wrong, sorted by what the one who catches it does next.

WatcherError
├── AttemptError            an attempt on something outside failed; the pass goes on
│   ├── TransientError      try again later; nothing was learnt
│   │   └── RateLimitedError
│   └── PermanentError      trying again changes nothing until somebody acts
│       ├── UnauthorizedError
│       └── NotFoundError   the remote says: there is no such thing
├── UsageError              wrong command line or configuration (exit code 2)
└── StartError              watcher cannot work at all, or no longer (exit code 3)

Every message is one line: what was attempted, on what, and what to do.
"""

from __future__ import annotations


class WatcherError(Exception):
    """The root of all errors that watcher raises on purpose."""


class AttemptError(WatcherError):
    """An attempt on something outside failed: what a stage catches, lists and goes on from."""


class TransientError(AttemptError):
    """The attempt failed and may succeed later; `retry_after` is in seconds, None if not said."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RateLimitedError(TransientError):
    """The remote asked us to slow down."""


class PermanentError(AttemptError):
    """The attempt failed and will fail again until somebody acts."""


class UnauthorizedError(PermanentError):
    """The remote refused the credentials, or asks for some."""


class NotFoundError(PermanentError):
    """The remote answered that there is no such thing: evidence of absence."""


class UsageError(WatcherError):
    """The command line or the configuration is wrong."""


class StartError(WatcherError):
    """Something that every command needs is missing."""
