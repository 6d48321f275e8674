"""What a remote says may still be asked of it, by its RateLimit-* headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from watcher.adapters.http.answer import Answer
from watcher.adapters.http.failure import lasting

# `76`, `76;w=21600` as Docker Hub says it, `100, 100;w=60` as drafts of the IETF had it.
_NUMBER: Final = re.compile(r"[ \t]*(\d{1,12})(?:[ \t]*;[^,]*?\bw(?:indow)?=(\d{1,9}))?")


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of how many requests are left, and in how many seconds they are renewed at last."""

    remaining: int
    limit: int | None = None
    renewed_in: float | None = None


def quota_of(answer: Answer) -> Quota | None:
    """Read what an answer says of a quota; None where it says nothing that can be used."""
    for prefix in ("RateLimit", "X-RateLimit"):
        remaining = _NUMBER.match(answer.headers.get(f"{prefix}-Remaining", ""))
        if remaining:
            limit = _NUMBER.match(answer.headers.get(f"{prefix}-Limit", ""))
            reset = lasting(answer, answer.headers.get(f"{prefix}-Reset", ""))
            window = remaining[2] or (limit[2] if limit else None)
            return Quota(
                int(remaining[1]),
                int(limit[1]) if limit else None,
                reset if reset is not None or window is None else float(window),
            )
    return None
