"""Fields of a Jira issue, read and written."""

from __future__ import annotations

import re
from typing import Final

from watcher.adapters.issues import Issue, Read, named

FIELDS: Final = "summary,description,labels,status,created,updated,resolutiondate,creator,project"


def label(name: str) -> str:
    """A label as Jira takes it, without spaces."""
    return re.sub(r"\s+", "-", name.strip())


def user_of(read: Read | None) -> str:
    """An account: its id on Cloud, its name on a Data Center; empty for nobody."""
    if read is None:
        return ""
    return read.maybe("accountId") or read.maybe("name")


def issue_of(read: Read, url: str) -> Issue:
    """An issue as it is in whatever project it is."""
    fields, key = read.inner("fields") or read, read.text("key")
    status, there = fields.inner("status"), fields.inner("project")
    category = status.inner("statusCategory") if status is not None else None
    return Issue(
        id=key,
        title=fields.text("summary"),
        body=fields.maybe("description"),
        open=category is None or category.text("key") != "done",
        labels=named(read.answer, fields.items("labels")),
        url=f"{url}/browse/{key}",
        author=user_of(fields.inner("creator")),
        created_at=fields.time("created"),
        updated_at=fields.time("updated"),
        closed_at=fields.time("resolutiondate"),
        place=there.text("id") if there is not None else None,
    )
