"""Answers of the API as Harbor shapes them."""

from __future__ import annotations

from datetime import datetime

from tests.servers.harbor.records import Artifact, Project, Repository, Tag

Shape = dict[str, object]

_NEVER = "0001-01-01T00:00:00.000Z"


def moment(at: datetime | None) -> str:
    """A time; what never was is the year 1."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z" if at else _NEVER


def project(one: Project, *, with_detail: bool = True) -> Shape:
    """A project; whether it is public is a detail."""
    return {
        "project_id": one.id,
        "name": one.name,
        "owner_id": 1,
        "metadata": {"public": str(one.public).lower()} if with_detail else {},
        "repo_count": len(one.repositories),
        **({"registry_id": 7} if one.upstream is not None else {}),
    }


def repository(one: Repository) -> Shape:
    """A repository."""
    return {
        "id": one.id,
        "name": one.name,
        "project_id": one.project.id,
        "artifact_count": sum(1 for _ in one.listed()),
        "pull_count": 0,
        "creation_time": moment(None),
        "update_time": moment(None),
    }


def artifact(one: Artifact, *, with_tag: bool) -> Shape:
    """An artifact; one without tags has none of that field's entries."""
    return {
        "id": one.id,
        "type": one.type,
        "media_type": one.media_type,
        "manifest_media_type": one.manifest.media_type,
        "project_id": one.repository.project.id,
        "repository_id": one.repository.id,
        "repository_name": one.repository.name,
        "digest": one.manifest.digest,
        "size": len(one.manifest.content),
        "icon": "",
        "push_time": moment(one.pushed_at),
        "pull_time": moment(one.pulled_at),
        "extra_attrs": {},
        "references": [
            {"parent_id": one.id, "child_digest": child.digest, "platform": child.platform}
            for child in one.children
        ],
        **(
            {"tags": [_tag(one, tag) for tag in one.tags.values()]} if with_tag and one.tags else {}
        ),
    }


def _tag(one: Artifact, tag: Tag) -> Shape:
    return {
        "id": tag.id,
        "name": tag.name,
        "artifact_id": one.id,
        "repository_id": one.repository.id,
        "push_time": moment(tag.pushed_at),
        "pull_time": moment(tag.pulled_at),
        "immutable": False,
    }


def errors(code: str, message: str) -> Shape:
    """What went wrong."""
    return {"errors": [{"code": code, "message": message}]}
