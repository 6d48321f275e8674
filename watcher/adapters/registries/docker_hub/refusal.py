"""What the Hub API says when it refuses, and how to tell that it is not the Hub API."""

from __future__ import annotations

import json

from watcher.adapters.distribution.document import clean, shown
from watcher.adapters.http import Answer
from watcher.domain.errors import UnauthorizedError


def message_of(body: bytes) -> str | None:
    """What Hub says in an error's JSON; None where the body is none of its."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict):
        return None
    found = fields.get("message") or fields.get("detail")
    return shown(clean(found))[1:-1] if isinstance(found, str) else None


def not_hub(answer: Answer) -> UnauthorizedError:
    """The error for a refusal that is not in Hub's words: a registry's, a proxy's, a website's."""
    return UnauthorizedError(
        f"{answer.asked}: {answer.status}, and not from Docker Hub's API; correct api_url, or what"
        " lies on the way to it"
    )
