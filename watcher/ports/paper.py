"""Paper: pages as they are printed."""

from __future__ import annotations

from typing import Protocol


class Paper(Protocol):
    """One who prints a page that needs nothing beside it."""

    def printed(self, page: str) -> bytes:
        """The page as PDF, on paper of the size that its style names.

        Raises PermanentError where nothing here can print, TransientError where that failed.
        """
