"""`/exposures`: the windows, filtered in the address, most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Response

from watcher.domain.package import SEVERITIES
from watcher.ports.store.browsing import WindowsFound
from watcher.ports.store.exposures import WindowFilter
from watcher.reading import browse, documents
from watcher.reading.reading import Reading
from watcher.report.figures.stretch import UNOWNED, team_name
from watcher.report.streams import united
from watcher.web.access.person import Who
from watcher.web.addresses import Addresses
from watcher.web.asked import StreamAsked
from watcher.web.duties import judged_alone
from watcher.web.filters import AGES, DUES, PAGE, SORTS, STATES, Filters
from watcher.web.paging import Paging
from watcher.web.rows import WindowRow, rows_of
from watcher.web.site import Site

Word = str | None


def routes(site: Site) -> APIRouter:
    """The page's route."""
    router = APIRouter()

    @router.get("/exposures", include_in_schema=False)
    def exposures(  # noqa: PLR0913 - a filter each
        *,
        who: Who,
        q: Word = None,
        severity: Annotated[list[str] | None, Query()] = None,
        state: Word = None,
        team: Word = None,
        stream: Word = None,
        vulnerability: Word = None,
        age: Word = None,
        due: Word = None,
        sort: Word = None,
        page: Word = None,
        as_of: Word = None,
    ) -> Response:
        asked = {
            "q": q,
            "state": state,
            "team": team,
            "stream": stream,
            "vulnerability": vulnerability,
            "age": age,
            "due": due,
            "sort": sort,
            "page": page,
        }
        filters = Filters.parse(asked, severity or [])
        record, at = site.reading(who, as_of), site.addresses(as_of)
        return site.show(who, "exposures", record, at, _told(record, at, filters))

    return router


def _told(record: Reading, at: Addresses, filters: Filters) -> Mapping[str, object]:
    found = _found(record, filters)

    def address(**other: str | int) -> str:
        return at.page("/exposures", filters.pairs(**other))

    rows = rows_found(record, found)
    return {
        "filters": filters,
        "found": found,
        "rows": rows,
        "uncovered": 0 if rows else _uncovered(record),
        "paging": Paging(filters.page, PAGE, found.windows, lambda one: address(page=one)),
        "sorts": {one: address(sort=one, page="") for one in SORTS},
        "without": at.page("/exposures"),
        "teams": teams_of(record),
        "choices": {"severities": SEVERITIES[:4], "ages": AGES, "dues": DUES, "states": STATES},
    }


def _found(record: Reading, filters: Filters) -> WindowsFound:
    """What the filters leave: of what is open now from columns, else from the ledger."""
    policy = record.app.config.policy.meant
    if record.memory is not None and filters.state == "open" and "@" not in filters.stream:
        wanted = filters.wanted(None, None, policy.limits, record.as_of)
        return browse.open_windows(record, wanted, _takes(filters))
    streams, platform = tracks_of(record, filters)
    wanted = filters.wanted(streams, platform, policy.limits, record.as_of)
    if not policy.only_severity or policy.clock != "known":
        wanted = judged_alone(record, wanted)
    return browse.windows(record, wanted)


def _takes(filters: Filters) -> Callable[[str, str | None], bool] | None:
    """Whether the filters of team and stream take a stream; None where there are none."""
    if not filters.team and not filters.stream:
        return None
    stream = filters.stream

    def takes(name: str, team: str | None) -> bool:
        named = not stream or name == stream or name.startswith((f"{stream}:", f"{stream}#"))
        return named and filters.team in {"", team_name(team)}

    return takes


def rows_found(record: Reading, found: WindowsFound) -> list[WindowRow]:
    """The windows of a part of a list as rows."""
    numbers = frozenset(found.numbers)
    told = documents.exposures(record, WindowFilter(numbers=numbers)) if numbers else None
    by_number = {int(one["id"]): one for one in told["windows"]} if told else {}
    windows = [by_number[number] for number in found.numbers]
    bumps = documents.bumps(record) if any(one["open"] for one in windows) else None
    return list(rows_of(windows, record.as_of, bumps))


def _uncovered(record: Reading) -> int:
    """How many streams are not covered, so that an empty list may be no good news."""
    every = united(documents.streams(record)["streams"])
    return every.streams - every.covered


def teams_of(record: Reading) -> list[str]:
    """The teams that the configuration names, and what nobody owns; of those that are seen."""
    every = dict.fromkeys(one.team for one in record.config.owners)
    if record.sight is not None:
        return [one for one in every if one in record.sight.teams]
    return [*every, UNOWNED]


def tracks_of(record: Reading, filters: Filters) -> tuple[frozenset[int] | None, str | None]:
    """The streams, and the platform, that the filters of team and stream leave; None for all."""
    if not filters.team and not filters.stream:
        return None, None
    owner_of = record.config.owner_of
    asked = StreamAsked(filters.stream)
    tracks = [
        one
        for one in browse.tracks(record)
        if not filters.team or team_name(owner_of(one.stream)) == filters.team
        if not filters.stream or asked.names(one)
    ]
    platform = tracks[0].track.platform if tracks and asked.on_platform(tracks[0]) else None
    return frozenset(one.track.stream for one in tracks), platform
