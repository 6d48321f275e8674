"""GitHub's REST API for issues, version 2022-11-28, as its pages describe it.

Pages by `Link`; pull requests among the issues; labels of those without push access dropped in
silence; 301 for renamed repositories and transferred issues; 410 for deleted ones.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from tests.servers.hostile import Reply, Seen
from tests.servers.issues.board import BOT, TOKEN, Board, Record
from tests.servers.issues.server import RefusedError, reply, told

_LONGEST: Final = 65_536
_LONGEST_TITLE: Final = 256
_ROUTE: Final = re.compile(r"(/repos/(?P<name>[^/]+/[^/]+)|/repositories/(?P<id>\d+))(?P<rest>.*)")


class GitHub:
    """github.com, or an Enterprise server with `prefix` /api/v3."""

    def __init__(self, board: Board, prefix: str = "/api/v3") -> None:
        self.board = board
        self.url = ""
        self.app = False  # the token is that of an installed app
        self._prefix = prefix

    def answer(self, seen: Seen) -> Reply:
        """Answer as GitHub would."""
        parts = urlsplit(seen.path)
        path = parts.path.removeprefix(self._prefix)
        identity = seen.headers.get("authorization")
        if identity is not None and identity != f"Bearer {TOKEN}":
            raise RefusedError(reply(401, {"message": "Bad credentials"}))
        if path == "/user":
            return self._user(identity)
        found = _ROUTE.fullmatch(path)
        if found is None:
            raise RefusedError(_not_found())
        self._reach(found, parts.query)
        if identity is None and (self.board.private or seen.method != "GET"):
            raise RefusedError(_not_found())
        query = {name: one[-1] for name, one in parse_qs(parts.query).items()}
        return self._inside(seen, found["rest"], query)

    def _reach(self, found: re.Match[str], asked: str) -> None:
        """Find the repository, or say where it went."""
        if found["name"] in self.board.old_names:
            query = f"?{asked}" if asked else ""
            where = f"{self.url}{self._prefix}/repositories/{self.board.identity}"
            moved = f"{where}{found['rest']}{query}"
            document = {"message": "Moved Permanently", "url": moved}
            raise RefusedError(reply(301, document, Location=moved))
        if found["name"] != self.board.name and found["id"] != str(self.board.identity):
            raise RefusedError(_not_found())

    def _user(self, identity: str | None) -> Reply:
        if identity is None:
            raise RefusedError(reply(401, {"message": "Requires authentication"}))
        if self.app:
            raise RefusedError(reply(403, {"message": "Resource not accessible by integration"}))
        return reply(200, {"login": BOT, "type": "User"})

    def _inside(self, seen: Seen, rest: str, query: dict[str, str]) -> Reply:
        if rest == "":
            return reply(200, self._repository())
        if rest == "/issues":
            return self._list(query) if seen.method == "GET" else self._file(told(seen))
        found = re.fullmatch(r"/issues/(\d+)(/labels|/comments)?(?:/(.+))?", rest)
        if found is None:
            raise RefusedError(_not_found())
        return self._one(seen, self._held(int(found[1])), found[2], found[3])

    def _held(self, number: int) -> Record:
        if number in self.board.deleted:
            raise RefusedError(reply(410, {"message": "This issue was deleted"}))
        held = self.board.issues.get(number)
        if held is None:
            raise RefusedError(_not_found())
        if held.moved is not None:
            moved = reply(301, {"message": "Moved Permanently"}, Location=held.moved)
            raise RefusedError(moved)
        return held

    def _one(self, seen: Seen, held: Record, part: str | None, name: str | None) -> Reply:
        match seen.method, part:
            case "GET", None:
                return reply(200, self._issue(held))
            case "PATCH", None:
                return self._edit(held, told(seen))
            case "POST" | "DELETE", "/labels":
                return self._label(seen, held, name)
            case "POST", "/comments":
                return self._comment(seen, held)
            case _:
                raise RefusedError(_not_found())

    def _label(self, seen: Seen, held: Record, name: str | None) -> Reply:
        if seen.method == "POST":
            self.board.change(held.number, labels=[*held.labels, *told(seen)["labels"]])
        elif name not in held.labels:
            raise RefusedError(reply(404, {"message": "Label does not exist"}))
        else:
            self.board.change(held.number, labels=[one for one in held.labels if one != name])
        return reply(200, [{"name": one} for one in held.labels])

    def _comment(self, seen: Seen, held: Record) -> Reply:
        if held.locked:
            locked = {"message": "Unable to create comment because issue is locked."}
            raise RefusedError(reply(403, locked))
        self.board.remark(held.number, told(seen)["body"])
        return reply(201, {"id": 1})

    def _list(self, query: dict[str, str]) -> Reply:
        wanted = query.get("labels", "")
        since = query.get("since")
        size, page = int(query.get("per_page", "30")), int(query.get("page", "1"))
        state = query.get("state", "open")
        found = [
            one
            for one in sorted(self.board.issues.values(), key=lambda one: one.number)
            if set(filter(None, wanted.split(","))) <= set(one.labels)
            and (since is None or one.updated_at >= datetime.fromisoformat(since))
            and (state == "all" or one.open == (state == "open"))
            and one.moved is None
        ]
        if query.get("direction", "desc") == "desc":
            found.reverse()
        size = min(size, 100)
        shown = found[(page - 1) * size : page * size]
        headers = {"X_RateLimit_Remaining": "4999"}
        if page * size < len(found):
            rest = "&".join(f"{name}={value}" for name, value in query.items() if name != "page")
            place = f"{self.url}{self._prefix}/repositories/{self.board.identity}/issues"
            headers["Link"] = f'<{place}?{rest}&page={page + 1}>; rel="next"'
        return reply(200, [self._issue(one) for one in shown], **headers)

    def _file(self, wanted: dict[str, Any]) -> Reply:
        wrong = _wrong(wanted)
        if self.board.archived:
            return reply(403, {"message": "Repository was archived so is read-only."})
        if wrong:
            return wrong
        labels = [str(one) for one in wanted.get("labels", [])] if self.board.may_label else []
        people = wanted.get("assignees", [])
        made = self.board.file(wanted["title"], wanted.get("body") or "", labels, BOT, people)
        return reply(201, self._issue(made))

    def _edit(self, held: Record, wanted: dict[str, Any]) -> Reply:
        wrong = _wrong(wanted)
        if wrong:
            return wrong
        open_ = None if "state" not in wanted else wanted["state"] == "open"
        if open_ is not None:
            held.reason = wanted.get("state_reason") or ("reopened" if open_ else "completed")
        self.board.change(
            held.number,
            title=wanted.get("title"),
            body=wanted.get("body"),
            open_=open_,
            labels=wanted.get("labels") if self.board.may_label else None,
        )
        return reply(200, self._issue(held))

    def _repository(self) -> dict[str, Any]:
        rights = {"push": self.board.may_label, "triage": self.board.may_label, "pull": True}
        return {
            "id": self.board.identity,
            "full_name": self.board.name,
            "archived": self.board.archived,
            "has_issues": True,
            "permissions": rights,
        }

    def _issue(self, one: Record) -> dict[str, Any]:
        shown = {
            "number": one.number,
            "title": one.title,
            "body": one.body or None,
            "state": "open" if one.open else "closed",
            "state_reason": one.reason,
            "labels": [{"id": 1, "name": name, "color": "ededed"} for name in one.labels],
            "user": {"login": one.author, "type": "User"},
            "assignees": [{"login": name} for name in one.assignees],
            "locked": one.locked,
            "html_url": f"{self.url}/{self.board.name}/issues/{one.number}",
            "repository_url": f"{self.url}{self._prefix}/repos/{self.board.name}",
            "created_at": _stamp(one.created_at),
            "updated_at": _stamp(one.updated_at),
            "closed_at": _stamp(one.closed_at),
        }
        return {**shown, "pull_request": {"url": "…"}} if one.pull else shown


def _wrong(wanted: dict[str, Any]) -> Reply | None:
    for name, longest in (("title", _LONGEST_TITLE), ("body", _LONGEST)):
        if len(wanted.get(name) or "") > longest:
            complaint = f"{name} is too long (maximum is {longest} characters)"
            errors = [{"resource": "Issue", "code": "custom", "field": name, "message": complaint}]
            return reply(422, {"message": "Validation Failed", "errors": errors})
    return None


def _not_found() -> Reply:
    return reply(404, {"message": "Not Found"})


def _stamp(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
