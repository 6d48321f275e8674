"""An adapter over a hostile server, and the answers such servers give."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.servers.hostile import Hostile, Reply, Seen
from watcher.adapters.distribution import Credentials
from watcher.adapters.http import Connecting, Retrying, Timeouts
from watcher.adapters.registries.oci import OciRegistry

TAGS = "/v2/shop/api/tags/list"
DIGEST = "sha256:" + "a" * 64
PASSWORD = "s3cret-password"  # noqa: S105 - of nobody


def registry(server: Hostile, *, credentials: bool = False, concurrency: int = 8) -> OciRegistry:
    return OciRegistry(
        "local",
        server.url,
        credentials=Credentials("reader", PASSWORD) if credentials else None,
        connecting=Connecting(
            concurrency=concurrency,
            timeouts=Timeouts(connect=1, read=0.5, total=1),
            retrying=Retrying(attempts=2, within=2, first=0, longest=0.1, jitter=0),
        ),
    )


def listed(*names: str, **headers: str) -> Reply:
    return Reply(200, headers, json.dumps({"name": "shop/api", "tags": names}).encode())


def pointing(digest: str = DIGEST) -> Reply:
    return Reply(200, {"Docker-Content-Digest": digest})


def answering(*rules: tuple[str, Reply]) -> Callable[[Seen], Reply]:
    """Answer by the beginning of the path; /v2/ as registries do."""

    def answer(seen: Seen) -> Reply:
        if seen.path == "/v2/":
            return Reply(body=b"{}")
        return next((reply for start, reply in rules if seen.path.startswith(start)), Reply(404))

    return answer
