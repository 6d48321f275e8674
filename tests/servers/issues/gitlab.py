"""GitLab's REST API v4 for issues, as its pages describe it.

Pages by X-Next-Page, with X-Total; lines that begin with `/` are commands and are not kept;
renamed projects answer a GET with 301 and refuse everything else with 405; moved issues are closed
and say where they went; anybody may read a public project, but nothing that is confidential.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from tests.servers.hostile import Reply, Seen
from tests.servers.issues.board import BOT, TOKEN, Board, Record
from tests.servers.issues.server import RefusedError, reply, told

_LONGEST: Final = 1_048_576
_LONGEST_TITLE: Final = 255
_COMMAND: Final = re.compile(r"^/[a-z_]+\b.*\n?", re.MULTILINE)
_ROUTE: Final = re.compile(r"/api/v4/projects/(?P<name>[^/]+)(?P<rest>.*)")


class GitLab:
    """gitlab.com, or a server of one's own."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.url = ""
        self.users = {BOT: 11, "ada": 12}

    def answer(self, seen: Seen) -> Reply:
        """Answer as GitLab would."""
        parts = urlsplit(seen.path)
        identity = seen.headers.get("authorization")
        query = {name: one[-1] for name, one in parse_qs(parts.query).items()}
        if identity is not None and identity != f"Bearer {TOKEN}":
            raise RefusedError(reply(401, {"message": "401 Unauthorized"}))
        if parts.path in {"/api/v4/user", "/api/v4/users"}:
            return self._people(parts.path, query.get("username", ""), known=identity is not None)
        found = _ROUTE.fullmatch(parts.path)
        if found is None:
            raise RefusedError(reply(404, {"error": "404 Not Found"}))
        self._reach(seen, unquote(found["name"]), found["rest"])
        if identity is None and self.board.private:
            raise RefusedError(reply(404, {"message": "404 Project Not Found"}))
        if identity is None and seen.method != "GET":
            raise RefusedError(reply(401, {"message": "401 Unauthorized"}))
        return self._inside(seen, found["rest"], query)

    def _people(self, path: str, name: str, *, known: bool) -> Reply:
        if path.endswith("/users"):
            found = [{"id": self.users[name], "username": name}] if name in self.users else []
            return reply(200, found)
        if not known:
            raise RefusedError(reply(401, {"message": "401 Unauthorized"}))
        return reply(200, {"id": 11, "username": BOT})

    def _reach(self, seen: Seen, name: str, rest: str) -> None:
        """Find the project, or say where it went."""
        if name in self.board.old_names:
            if seen.method != "GET":
                told_off = "Non GET methods are not allowed for moved projects"
                raise RefusedError(reply(405, {"message": told_off}))
            query = urlsplit(seen.path).query
            where = f"{self.url}/api/v4/projects/{self.board.identity}{rest}"
            raise RefusedError(reply(301, {}, Location=f"{where}?{query}" if query else where))
        if name not in {self.board.name, str(self.board.identity)}:
            raise RefusedError(reply(404, {"message": "404 Project Not Found"}))

    def _inside(self, seen: Seen, rest: str, query: dict[str, str]) -> Reply:
        if rest == "":
            return reply(200, self._project())
        if rest == "/issues":
            return self._list(query) if seen.method == "GET" else self._file(told(seen))
        found = re.fullmatch(r"/issues/(\d+)(/notes)?", rest)
        held = self.board.issues.get(int(found[1])) if found else None
        if found is None or held is None:
            raise RefusedError(reply(404, {"message": "404 Not found"}))
        match seen.method, found[2]:
            case "GET", None:
                return reply(200, self._issue(held))
            case "PUT", None:
                return self._edit(held, told(seen))
            case "POST", "/notes":
                return self._note(held, told(seen)["body"])
            case _:
                raise RefusedError(reply(405, {"error": "405 Not Allowed"}))

    def _project(self) -> dict[str, Any]:
        level = 30 if self.board.may_label else 10
        return {
            "id": self.board.identity,
            "path_with_namespace": self.board.name,
            "archived": self.board.archived,
            "issues_access_level": "enabled",
            "permissions": {"project_access": {"access_level": level}, "group_access": None},
        }

    def _note(self, held: Record, text: str) -> Reply:
        if held.locked:
            raise RefusedError(reply(403, {"message": "403 Forbidden"}))
        self.board.remark(held.number, text)
        return reply(201, {"id": 1})

    def _list(self, query: dict[str, str]) -> Reply:
        wanted = set(filter(None, query.get("labels", "").split(",")))
        since = query.get("updated_after")
        found = [
            one
            for one in sorted(self.board.issues.values(), key=lambda one: one.number)
            if wanted <= set(one.labels)
            and (since is None or one.updated_at >= datetime.fromisoformat(since))
        ]
        if query.get("sort", "desc") == "desc":
            found.reverse()
        size = min(int(query.get("per_page", "20")), 100)
        page = int(query.get("page", "1"))
        shown = found[(page - 1) * size : page * size]
        following = str(page + 1) if page * size < len(found) else ""
        return reply(
            200,
            [self._issue(one) for one in shown],
            X_Total=str(len(found)),
            X_Page=str(page),
            X_Next_Page=following,
        )

    def _file(self, wanted: dict[str, Any]) -> Reply:
        if wrong := _wrong(wanted):
            return wrong
        labels = [one for one in str(wanted.get("labels", "")).split(",") if one]
        text = _COMMAND.sub("", wanted.get("description") or "")
        kept = labels if self.board.may_label else []
        people = [str(one) for one in wanted.get("assignee_ids", [])]
        made = self.board.file(wanted["title"], text, kept, BOT, people)
        made.kind = wanted.get("issue_type", "issue")
        return reply(201, self._issue(made))

    def _edit(self, held: Record, wanted: dict[str, Any]) -> Reply:
        if wrong := _wrong(wanted):
            return wrong
        if held.moved is not None:
            return reply(403, {"message": "403 Forbidden"})
        text = wanted.get("description")
        added = str(wanted.get("add_labels", "")).split(",")
        taken = str(wanted.get("remove_labels", "")).split(",")
        changed = "add_labels" in wanted or "remove_labels" in wanted
        labels = [one for one in (*held.labels, *added) if one and one not in taken]
        self.board.change(
            held.number,
            title=wanted.get("title"),
            body=None if text is None else _COMMAND.sub("", text),
            open_={"close": False, "reopen": True}.get(wanted.get("state_event", "")),
            labels=labels if changed else None,
        )
        return reply(200, self._issue(held))

    def _issue(self, one: Record) -> dict[str, Any]:
        return {
            "id": one.number + 40_000,
            "iid": one.number,
            "project_id": self.board.identity,
            "title": one.title,
            "description": one.body or None,
            "state": "opened" if one.open and not one.moved else "closed",
            "labels": sorted(one.labels),
            "author": {"username": one.author},
            "discussion_locked": one.locked,
            "moved_to_id": 90_000 if one.moved else None,
            "web_url": f"{self.url}/{self.board.name}/-/issues/{one.number}",
            "created_at": _stamp(one.created_at),
            "updated_at": _stamp(one.updated_at),
            "closed_at": _stamp(one.closed_at),
        }


def _wrong(wanted: dict[str, Any]) -> Reply | None:
    for name, longest in (("title", _LONGEST_TITLE), ("description", _LONGEST)):
        if len(wanted.get(name) or "") > longest:
            return reply(
                400, {"message": {name: [f"is too long (maximum is {longest} characters)"]}}
            )
    return None


def _stamp(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None
