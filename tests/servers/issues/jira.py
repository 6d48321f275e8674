"""Jira's REST API v2, Cloud and Data Center, as Atlassian's pages describe it.

A create answers with a key alone; a state is changed by a transition of the workflow; labels hold
no spaces; text is wiki markup of at most 32,767 characters, which comes back with CRLF and, from
Cloud, written anew. Cloud's search lags: it shows what was so when its index was last refreshed.
"""

from __future__ import annotations

import copy
import re
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from tests.servers.hostile import Reply, Seen
from tests.servers.issues.board import BOT, Board, Record
from tests.servers.issues.server import RefusedError, reply, told

_LONGEST: Final = 32_767
_LONGEST_SUMMARY: Final = 255
_ABSENT: Final = "Issue does not exist or you do not have permission to see it."
_TRANSITIONS: Final = (
    {
        "id": "11",
        "name": "Start",
        "to": {"name": "Doing", "statusCategory": {"key": "indeterminate"}},
    },
    {"id": "31", "name": "Finish", "to": {"name": "Done", "statusCategory": {"key": "done"}}},
    {"id": "41", "name": "Back", "to": {"name": "To Do", "statusCategory": {"key": "new"}}},
)


class Jira:
    """A project `SHOP` on Cloud, or on a Data Center.

    On Cloud the search shows the board as of the last `refresh()`, as long as `lagging`.
    """

    def __init__(self, board: Board, identity: str, *, cloud: bool) -> None:
        self.board = board
        self.url = ""
        self.cloud = cloud
        self.lagging = False
        self.thorough = False  # whether signs of markup are escaped wherever they stand
        self.most = 50 if cloud else 100
        self._identity = identity
        self._index: dict[int, Record] = {}

    def refresh(self) -> None:
        """Let the search know everything."""
        self._index = copy.deepcopy(self.board.issues)

    def answer(self, seen: Seen) -> Reply:
        """Answer as Jira would."""
        parts = urlsplit(seen.path)
        if not parts.path.startswith("/rest/api/2"):
            return reply(404, {"message": "null for uri"})
        path = parts.path.removeprefix("/rest/api/2")
        query = {name: one[-1] for name, one in parse_qs(parts.query).items()}
        identity = seen.headers.get("authorization")
        if identity is not None and identity != self._identity:
            return reply(401, {"message": "Client must be authenticated to access this resource."})
        known = identity is not None
        if path == "/myself":
            name = {"accountId": BOT} if self.cloud else {"name": BOT}
            return reply(200, {**name, "displayName": BOT}) if known else _unknown()
        if path in {"/search", "/search/jql"}:
            return self._search(path, query, known=known)
        if not known:
            return reply(404, {"errorMessages": [_ABSENT]})
        return self._inside(seen, path)

    def _inside(self, seen: Seen, path: str) -> Reply:
        if path.startswith("/project/"):
            return self._project(path.removeprefix("/project/"))
        if path == "/issue":
            return self._file(told(seen)["fields"])
        found = re.fullmatch(r"/issue/([A-Z]+)-(\d+)(/transitions|/comment)?", path)
        names = {self.board.name, *self.board.old_names}
        held = self.board.issues.get(int(found[2])) if found and found[1] in names else None
        if found is None or held is None:
            raise RefusedError(reply(404, {"errorMessages": [_ABSENT]}))
        if found[3] is None:
            whole = seen.method == "GET"
            return reply(200, self._issue(held)) if whole else self._edit(held, told(seen))
        if seen.method == "GET":
            return reply(200, {"transitions": list(_TRANSITIONS)})
        if found[3] == "/transitions":
            return self._move(held, told(seen)["transition"]["id"])
        self.board.remark(held.number, told(seen)["body"])
        return reply(201, {"id": "1"})

    def _project(self, name: str) -> Reply:
        if name not in {self.board.name, str(self.board.identity), *self.board.old_names}:
            absent = {"errorMessages": ["No project could be found with that key."]}
            raise RefusedError(reply(404, absent))
        return reply(200, {"id": str(self.board.identity), "key": self.board.name})

    def _search(self, path: str, query: dict[str, str], *, known: bool) -> Reply:
        if (path == "/search/jql") != self.cloud:
            gone = "The requested API has been removed. Please use /rest/api/3/search/jql."
            return reply(410, {"errorMessages": [gone]}) if self.cloud else reply(404, {})
        if not known:
            absent = f"The value '{self.board.name}' does not exist for the field 'project'."
            nothing = reply(200, {"issues": [], "isLast": True})
            return nothing if self.cloud else reply(400, {"errorMessages": [absent]})
        jql = query["jql"]
        found = [one for one in self._indexed() if _fits(one, jql) and not one.moved]
        size = min(int(query.get("maxResults", "50")), self.most)
        start = int(query.get("nextPageToken" if self.cloud else "startAt", "0"))
        shown = [self._issue(one) for one in found[start : start + size]]
        if not self.cloud:
            return reply(
                200,
                {"startAt": start, "maxResults": size, "total": len(found), "issues": shown},
            )
        last = start + size >= len(found)
        told_on = {} if last else {"nextPageToken": str(start + size)}
        return reply(200, {"issues": shown, "isLast": last, **told_on})

    def _indexed(self) -> list[Record]:
        if not (self.cloud and self.lagging):
            self.refresh()
        return sorted(self._index.values(), key=lambda one: one.number)

    def _file(self, fields: dict[str, Any]) -> Reply:
        if wrong := _wrong(fields):
            return wrong
        if fields["project"] not in ({"key": self.board.name}, {"id": str(self.board.identity)}):
            return reply(400, {"errors": {"project": "valid project is required"}})
        if "name" not in fields.get("issuetype", {}):
            return reply(400, {"errors": {"issuetype": "Specify an issue type"}})
        who = fields.get("assignee") or {}
        people = [who["accountId" if self.cloud else "name"]] if who else []
        made = self.board.file(
            fields["summary"],
            self._kept(fields.get("description") or ""),
            fields.get("labels", []),
            BOT,
            people,
        )
        made.kind = fields["issuetype"]["name"]
        key = f"{self.board.name}-{made.number}"
        return reply(201, {"id": str(made.number + 10_000), "key": key, "self": "…"})

    def _edit(self, held: Record, wanted: dict[str, Any]) -> Reply:
        fields = wanted.get("fields", {})
        if wrong := _wrong(fields):
            return wrong
        labels = list(held.labels)
        for step in wanted.get("update", {}).get("labels", []):
            for verb, name in step.items():
                if re.search(r"\s", name):
                    return reply(400, {"errors": {"labels": f"'{name}' contains spaces"}})
                labels = [*labels, name] if verb == "add" else [x for x in labels if x != name]
        text = fields.get("description")
        self.board.change(
            held.number,
            title=fields.get("summary"),
            body=None if text is None else self._kept(text),
            labels=labels,
        )
        return reply(204)

    def _move(self, held: Record, number: str) -> Reply:
        chosen = next((one for one in _TRANSITIONS if one["id"] == number), None)
        if chosen is None:
            return reply(400, {"errorMessages": ["It seems you have tried a wrong transition."]})
        self.board.change(held.number, open_=number != "31")
        return reply(204)

    def _kept(self, text: str) -> str:
        if not self.cloud:
            return text.replace("\n", "\r\n")
        # Kept as a document, and written down anew when it is asked for in this version.
        plain = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.split("\n")))
        signs = "_-" if self.thorough else "_"
        return re.sub(rf"(?<=\w)([{signs}])(?=\w)", r"\\\1", plain.strip())

    def _issue(self, one: Record) -> dict[str, Any]:
        key = one.moved or f"{self.board.name}-{one.number}"
        project = key.rpartition("-")[0]
        who = {"accountId": one.author} if self.cloud else {"name": one.author}
        category = "new" if one.open else "done"
        fields = {
            "summary": one.title,
            "description": one.body or None,
            "labels": list(one.labels),
            "status": {"name": "…", "statusCategory": {"key": category}},
            "creator": who,
            "project": {
                "id": str(self.board.identity) if not one.moved else "1",
                "key": project,
            },
            "created": _stamp(one.created_at),
            "updated": _stamp(one.updated_at),
            "resolutiondate": _stamp(one.closed_at),
        }
        return {"id": str(one.number + 10_000), "key": key, "fields": fields}


def _fits(one: Record, jql: str) -> bool:
    label = re.search(r'labels = "([^"]+)"', jql)
    since = re.search(r'updated >= "([^"]+)"', jql)
    moment = datetime.fromisoformat(f"{since[1].replace('/', '-')}:00+00:00") if since else None
    return (label is None or label[1] in one.labels) and (
        moment is None or one.updated_at >= moment
    )


def _wrong(fields: dict[str, Any]) -> Reply | None:
    errors = {}
    if len(fields.get("summary") or "") > _LONGEST_SUMMARY:
        errors["summary"] = "Summary must be less than 255 characters."
    if "\n" in (fields.get("summary") or ""):
        errors["summary"] = "The summary is invalid because it contains newline characters."
    if len(fields.get("description") or "") > _LONGEST:
        errors["description"] = "The entered text is too long. It exceeds the allowed limit."
    if any(re.search(r"\s", one) for one in fields.get("labels", [])):
        errors["labels"] = "The label contains spaces which is invalid."
    return reply(400, {"errorMessages": [], "errors": errors}) if errors else None


def _unknown() -> Reply:
    return reply(401, {"errorMessages": ["You are not authenticated."]})


def _stamp(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000") if at else None
