"""The season's tickets: filed, closed and opened again as the story has it, true to the images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.season.played import Season, Ticket
from tests.acceptance.season.rebuilding import scanned

pytestmark = pytest.mark.servers

EXPECTED: dict[str, list[list[int]]] = yaml.safe_load(
    Path(__file__).with_name("tickets.yaml").read_text()
)
CONFIRMED, DISMISSED = "1:data:local/base/temurin:21-jre", "1:ops:local/base/alpine:3.19"
_LINE = re.compile(
    r"^- \[(?P<tick>[ x])\] `(?P<stream>[^`]+)` (?P<machine>amd64|arm64)", re.MULTILINE
)
_SEVERE = {"CRITICAL", "HIGH"}


def changes(season: Season, key: str) -> list[int]:
    """The days on which a ticket was found filed, closed, and opened again."""
    states = [(int(day), moment.tickets.get(key)) for day, moment in season.moments.items()]
    told = [(day, ticket.state if ticket else None) for day, ticket in states]
    return [day for (_, before), (day, now) in pairwise([(-1, None), *told]) if before != now]


def test_the_tickets_are_those_worked_out_by_hand(season: Season) -> None:
    expected = {
        f"{generation}:{cause}": days
        for cause, tickets in EXPECTED.items()
        for generation, days in enumerate(tickets, start=1)
    }
    last = season.moments[120].tickets
    assert {key: changes(season, key) for key in last} == expected


def test_what_a_person_closed_is_dismissed_unless_evidence_followed(season: Season) -> None:
    closed_by = {str(one.key): one.closed_by for one in season.remembered if one.closed_at}
    assert {key for key, who in closed_by.items() if who == "person"} == {DISMISSED}
    assert closed_by[CONFIRMED] == "watcher"
    states = {one["key"]: one["state"] for one in season.ask("bumps")["bumps"]}
    assert states.pop(DISMISSED) == "dismissed"
    assert set(states.values()) == {"open", "no_fixed_base"}


def test_every_tick_is_true_to_what_the_registry_holds(season: Season) -> None:
    """Each stream's head is scanned in full, and compared with all that its ticket ever listed."""
    heads = {
        (one["name"], one["platform"]): f"{one['repository']}@{one['image']}"
        for one in season.ask("streams")["streams"]
    }
    listed = {
        str(one.key): {name for name, rated in one.listed.items() if rated.severity in _SEVERE}
        for one in season.remembered
    }
    state = season.demo.folder / "state" / "knowledge"
    database = season.ask("knowledge")["knowledge"][-1]["db"]
    host = season.registry.removeprefix("http://")
    seen: dict[str, frozenset[str]] = {}
    judged = 0
    for key, ticket in season.moments[120].tickets.items():
        if key == DISMISSED:
            continue  # what nobody has ended is not written again
        for stream, platform, ticked in lines(ticket):
            image = heads.get((stream, platform))
            if image is None:
                assert ticked, f"{stream} is gone, and not ticked on {key}"
                continue
            if image not in seen:
                seen[image] = scanned(f"{host}/{image}", database, state)
            assert ticked is not bool(seen[image] & listed[key]), (key, stream, platform)
            judged += 1
    assert judged > 100


def test_a_closed_ticket_says_what_it_ended_and_asks_for_nothing(season: Season) -> None:
    listed = {str(one.key): one.listed for one in season.remembered}
    tickets = season.moments[120].tickets
    closed = [key for key, one in tickets.items() if one.state == "closed" and key != DISMISSED]
    assert CONFIRMED in closed
    for key in closed:
        text = tickets[key].text
        assert text.split("---\n", 2)[2].lstrip().startswith("**Done since "), key
        assert all(name in text for name in listed[key]), key
        assert not [one for one in ("- [ ]", "-FROM", "Exact", "**fixes**") if one in text], key


def lines(ticket: Ticket) -> Iterator[tuple[str, str, bool]]:
    for found in _LINE.finditer(ticket.text):
        yield found["stream"], f"linux/{found['machine']}", found["tick"] == "x"


def test_a_ticket_tells_what_the_new_base_brings(season: Season) -> None:
    """python:3.12-slim of day 59.7 brings setuptools 70, which the older one had not."""
    ticket = season.moments[60].tickets["3:shop:local/base/python:3.12-slim"].text
    assert "<b>Introduces</b>: 1 vulnerability" in ticket
    assert "CVE-2026-51010 | medium | setuptools" in ticket


def test_a_ticket_tells_what_is_not_proven(season: Season) -> None:
    ticket = season.moments[120].tickets["4:pay:local/base/python:3.9-slim"].text
    assert "<b>Unproven</b>, and not counted: 1 vulnerability" in ticket
    assert (
        "CVE-2026-50018 | low | libssl1.1" in ticket or "CVE-2026-50018 | low | openssl" in ticket
    )


def test_a_ticket_tells_which_fixes_no_base_has_yet(season: Season) -> None:
    ticket = season.moments[120].tickets["1:pay:local/base/temurin:21-jre"].text
    curl: Any = re.search(r"CVE-2026-50060 \| high \| \S+ \| fixed in (\S+), which", ticket)
    assert curl[1] == "7.88.1-10+deb12u14"
