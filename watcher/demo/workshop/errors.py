"""What can go wrong in the workshop."""

from __future__ import annotations


class WorkshopError(RuntimeError):
    """A registry could not be started, or refused what was pushed; the message says which."""
