"""`/streams`: what is watched, where each stream points to, and whether it is covered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import APIRouter, HTTPException, Response

from watcher.ports.store.browsing import NamedTrack
from watcher.reading import browse, documents
from watcher.reading.reading import Reading
from watcher.report.figures.stretch import team_name
from watcher.report.streams import united
from watcher.web.access.person import Person, Who
from watcher.web.addresses import Addresses
from watcher.web.asked import given, one_of, page_number
from watcher.web.pages.exposures import teams_of
from watcher.web.paging import Paging
from watcher.web.site import Site

PAGE = 100
COVERED = ("all", "covered", "uncovered")
SORTS = ("name", "open")
Entry = Mapping[str, Any]


def routes(site: Site) -> APIRouter:
    """The page's route."""
    router = APIRouter()

    @router.get("/streams", include_in_schema=False)
    def streams(  # noqa: PLR0913 - a filter each
        *,
        who: Who,
        q: str | None = None,
        team: str | None = None,
        coverage: str | None = None,
        sort: str | None = None,
        page: str | None = None,
        as_of: str | None = None,
    ) -> Response:
        asked = {
            "q": given(q) or "",
            "team": given(team) or "",
            "coverage": one_of("coverage", coverage, COVERED),
            "sort": one_of("sort", sort, SORTS),
        }
        record, at = site.reading(who, as_of), site.addresses(as_of)
        told = listed(record, at, "/streams", asked, page_number(page))
        return site.show(who, "streams", record, at, {**told, "below": None, "others": []})

    return router


def below(
    site: Site, who: Person, record: Reading, at: Addresses, name: str, number: int
) -> Response:
    """The streams of a repository or of a folder of repositories; 404 where there are none."""
    asked = {"q": "", "team": "", "coverage": COVERED[0], "sort": SORTS[0]}
    path = at.stream(name).partition("?")[0]
    told = listed(record, at, path, asked, number, below=name)
    others = _others(record, name)
    if not told["every"].rows and not others:
        raise HTTPException(404, "No stream of this name was ever seen.")
    return site.show(who, "streams", record, at, {**told, "below": name, "others": others})


def _others(record: Reading, name: str) -> list[NamedTrack]:
    """The streams below a path that the list leaves out: those that ended, and bases."""
    listed_ = {head.track for head in documents.heads(record)}
    return [
        one
        for one in browse.tracks(record)
        if one.track not in listed_ and f"{one.repository}/".startswith(f"{name}/")
    ]


def listed(
    record: Reading,
    at: Addresses,
    path: str,
    asked: Mapping[str, str],
    number: int,
    *,
    below: str | None = None,
) -> dict[str, Any]:
    """The part of the list that is asked for, and what stands around it."""
    every: list[Entry] = documents.streams(record)["streams"]
    owners = browse.owners(record)
    if below is not None:
        every = [one for one in every if _is_below(one, below)]
    found = [one for one in every if _wanted(one, asked, owners)]
    if asked["sort"] == "open":
        found.sort(key=lambda one: -int(one["open_exposures"]))

    def address(**other: str | int) -> str:
        usual = {"coverage": COVERED[0], "sort": SORTS[0], "page": 1}
        told = {**asked, **other}
        return at.page(path, [(k, v) for k, v in told.items() if usual.get(k) != v])

    paging = Paging(number, PAGE, len(found), lambda one: address(page=one))
    return {
        "asked": asked,
        "every": united(every),
        "found": united(found),
        "rows": [
            {**one, "team": team_name(owners.get(one["name"]))}
            for one in found[paging.first_shown - 1 : paging.last_shown]
        ],
        "paging": paging,
        "sorts": {one: address(sort=one) for one in SORTS},
        "teams": teams_of(record),
        "without": at.page(path),
    }


def _is_below(one: Entry, name: str) -> bool:
    repository = "/".join(filter(None, [one["registry"], one["repository"]]))
    return f"{repository}/".startswith(f"{name}/") or one["name"] == name


def _wanted(one: Entry, asked: Mapping[str, str], owners: Mapping[str, str | None]) -> bool:
    text = asked["q"].lower()
    texts: Iterable[str | None] = (one["name"], one["platform"], one["image"], one["tag_digest"])
    named = any(text in told.lower() for told in texts if told)
    covered = asked["coverage"] == COVERED[0] or (asked["coverage"] == "covered") == one["covered"]
    return (
        named
        and covered
        and (not asked["team"] or team_name(owners.get(one["name"])) == asked["team"])
    )
