"""The stub's API: signing in, repositories, tags."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

from tests.servers.docker_hub.content import Hub, Kept, Tag
from tests.servers.docker_hub.tokens import Account, Tokens
from tests.servers.hostile import Reply, Seen

_ANONYMOUS_OFFSET = 1000  # beyond it nobody reads on without signing in
_LARGEST = 100


class Api:
    """Answers as hub.docker.com does; `old` knows only the older way to sign in."""

    def __init__(self, hub: Hub, accounts: Mapping[str, Account], tokens: Tokens) -> None:
        self.hub = hub
        self.accounts = accounts
        self.tokens = tokens
        self.old = False

    def __call__(self, seen: Seen) -> Reply:
        """Answer one request."""
        parts = urlsplit(seen.path)
        path = [unquote(part) for part in parts.path.strip("/").split("/")]
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        if seen.method == "POST":
            return self._sign_in(path, seen.body)
        header = seen.headers.get("authorization")
        if header is not None and not self.tokens.knows(header):
            return _error(401, "token is invalid")
        who = self.tokens.account(header) if header else None
        match path:
            case ["v2", "namespaces", namespace, "repositories"]:
                return self._repositories(namespace, who, query, seen)
            case ["v2", "namespaces", namespace, "repositories", name, "tags"]:
                return self._tags(f"{namespace}/{name}", who, query, seen)
            case ["v2", "namespaces", namespace, "repositories", name, "tags", tag]:
                return self._tag(f"{namespace}/{name}", tag, who)
        return Reply(404, {"Content-Type": "text/html"}, b"<html>not here</html>")

    def _sign_in(self, path: list[str], body: bytes) -> Reply:
        fields = json.loads(body)
        current = path == ["v2", "auth", "token"]
        if not (current and not self.old) and path != ["v2", "users", "login"]:
            return Reply(404)
        name = fields["identifier" if current else "username"]
        account = self.accounts.get(name)
        if account is None or account.password != fields["secret" if current else "password"]:
            return _error(401, "Incorrect authentication credentials")
        return _json({"access_token" if current else "token": self.tokens.give(account)})

    def _repositories(
        self, namespace: str, who: Account | None, query: Mapping[str, str], seen: Seen
    ) -> Reply:
        shown = {
            path: kept
            for path, kept in self.hub.repositories.items()
            if path.startswith(f"{namespace}/") and self._lists(who, path, kept)
        }
        ordering = query.get("ordering", "name")
        named = sorted(shown)
        if ordering.strip("-") == "last_updated":
            named.sort(key=lambda path: _time(shown[path].updated_at))
        if ordering.startswith("-"):
            named.reverse()
        results = [_repository(path, shown[path]) for path in named]
        return _page(results, len(results), query, seen, anonymous=who is None)

    def _tags(self, path: str, who: Account | None, query: Mapping[str, str], seen: Seen) -> Reply:
        kept = self.hub.repositories.get(path)
        if kept is None or not self._shows(who, path, kept):
            return _error(404, "object not found")
        if who is not None and not who.may("scope-tag-read"):
            return _error(403, "access to the resource is forbidden with personal access token")
        tags = kept.newest_first()
        if query.get("ordering") == "-last_updated":
            tags.reverse()
        elif query.get("ordering") != "last_updated":
            tags.sort(key=lambda one: one.name)
        results = [_tag(one) for one in tags]
        count = len(results) + kept.miscounted
        return _page(results, count, query, seen, anonymous=who is None)

    def _tag(self, path: str, tag: str, who: Account | None) -> Reply:
        kept = self.hub.repositories.get(path)
        if kept is None or not self._shows(who, path, kept) or tag not in kept.tags:
            return _error(404, f"tag '{tag}' not found")
        return _json(_tag(kept.tags[tag]))

    def _lists(self, who: Account | None, path: str, kept: Kept) -> bool:
        """Whether a list shows a repository; nothing says that others are left out."""
        if not kept.private:
            return True
        return who is not None and path not in who.hidden and who.may("scope-repository-list")

    def _shows(self, who: Account | None, path: str, kept: Kept) -> bool:
        return not kept.private or (who is not None and path not in who.hidden)


def _page(
    results: Sequence[object], count: int, query: Mapping[str, str], seen: Seen, *, anonymous: bool
) -> Reply:
    size = min(int(query.get("page_size", "10")), _LARGEST)
    number = int(query.get("page", "1"))
    begin = (number - 1) * size
    if anonymous and begin >= _ANONYMOUS_OFFSET:
        return _error(
            403, "pagination offset too large for anonymous requests; sign in to page further"
        )
    if begin and begin >= len(results):
        return _error(404, "page not found")
    base = f"http://{seen.headers['host']}{urlsplit(seen.path).path}"
    others = "".join(f"&{key}={query[key]}" for key in ("ordering",) if key in query)
    following = f"{base}?page={number + 1}&page_size={size}{others}"
    more = begin + size < len(results)
    return _json(
        {
            "count": count,
            "next": following if more else None,
            "previous": None,
            "results": results[begin : begin + size],
        }
    )


def _repository(path: str, kept: Kept) -> dict[str, object]:
    namespace, _, name = path.partition("/")
    return {
        "name": name,
        "namespace": namespace,
        "repository_type": "image",
        "status": 1,
        "status_description": "active",
        "description": "",
        "is_private": kept.private,
        "star_count": 0,
        "pull_count": 12,
        "last_updated": _written(kept.updated_at),
        "last_modified": _written(kept.updated_at),
        "date_registered": "2015-05-19T21:13:35.937763Z",
        "affiliation": "",
        "media_types": ["application/vnd.oci.image.index.v1+json"],
        "content_types": ["image"],
        "categories": [],
        "storage_size": 1,
    }


def _tag(one: Tag) -> dict[str, object]:
    told = {"digest": one.digest} if one.told else {}
    return {
        "creator": 1,
        "id": 1,
        "images": [_image(*image, one) for image in one.images],
        "last_updated": _written(one.updated_at),
        "last_updater": 1,
        "last_updater_username": "acme",
        "name": one.name,
        "repository": 1,
        "full_size": 1,
        "v2": True,
        "tag_status": "active" if one.active else "inactive",
        "tag_last_pulled": None,
        "tag_last_pushed": _written(one.pushed_at),
        "media_type": "application/vnd.oci.image.index.v1+json",
        "content_type": "image",
        **told,
    }


def _image(platform: str, digest: str, one: Tag) -> dict[str, object]:
    os, architecture, *variant = platform.split("/")
    return {
        "architecture": architecture,
        "features": "",
        "variant": variant[0] if variant else None,
        "digest": digest,
        "os": os,
        "os_features": "",
        "os_version": None,
        "size": 1,
        "status": "active" if one.active else "inactive",
        "last_pulled": None,
        "last_pushed": _written(one.pushed_at),
    }


def _time(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _json(document: object) -> Reply:
    headers = {"Content-Type": "application/json"}
    return Reply(200, headers, json.dumps(document).encode())


def _error(status: int, message: str) -> Reply:
    body = json.dumps({"message": message, "errinfo": {}}).encode()
    return Reply(status, {"Content-Type": "application/json"}, body)
