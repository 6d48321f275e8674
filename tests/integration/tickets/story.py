"""A ticket's life on a real Gitea: opened, ticked, closed by evidence, and its next generation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from tests.contract.store.record import PLAIN
from tests.contract.tracker.subjects.gitea import HASTY
from tests.properties.ticket.sample import CAUSE, SAMPLE, on
from tests.servers.gitea import Gitea, Project
from watcher.adapters.store.bumps import SqlBumps
from watcher.adapters.store.passes import SqlPasses
from watcher.adapters.trackers.gitea import gitea_tracker
from watcher.domain.ticket import BumpTicket, Done, Fix, Target, Terms
from watcher.report.ticket import board, draft
from watcher.services.outcome import Outcome
from watcher.services.ticket import Filing, TicketStage

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_FILING = Filing(lambda _: "code", 5, 20, Terms(), has_dashboard=lambda _: True)


@dataclass(frozen=True, slots=True)
class Chapter:
    """What stands in the tracker after a pass: every issue, and what was remarked."""

    name: str
    said: str
    issues: tuple[tuple[str, Any, tuple[str, ...]], ...]


@dataclass(slots=True)
class Life:
    """One project, one record, one cause."""

    server: Gitea
    project: Project
    engine: Engine

    def chapters(self) -> Iterator[Chapter]:
        """The passes in their order."""
        opened, ticked, done, again = _plans()
        self._pass(opened)
        yield self._chapter(
            "Opened", "The first pass that proves the move files the ticket, and the dashboard."
        )
        self._pass(ticked)
        yield self._chapter(
            "Ticked",
            "A day later one stream was rebuilt: its line is ticked, and the figures are less.",
        )
        self._pass(done)
        yield self._chapter(
            "Closed by evidence",
            "Two days later nothing of what was listed is left in either stream.",
        )
        self._pass(again)
        yield self._chapter(
            "The next generation",
            "Five weeks later the base is old again: a new ticket, since the first was closed"
            " for more than thirty days.",
        )

    def _pass(self, plan: BumpTicket) -> Outcome:
        passes, bumps = SqlPasses(self.engine), SqlBumps(self.engine)
        this = passes.begin(plan.as_of, plan.as_of, ["ticket"], PLAIN)
        bumps.plan(this, [plan])
        tracker = gitea_tracker(
            "code", self.server.url, self.project.name, self.server.token, connecting=HASTY
        )
        outcome = TicketStage({"code": tracker}, _FILING, bumps, draft, board).take(this)
        passes.finish(this, "complete", {})
        assert outcome.failures == []
        return outcome

    def _chapter(self, name: str, said: str) -> Chapter:
        found = self.project.issues()
        remarks = (tuple(self.project.comments(str(one["number"]))) for one in found)
        issues = tuple(
            (str(one["number"]), one, told) for one, told in zip(found, remarks, strict=True)
        )
        return Chapter(name, said, issues)


def page(chapters: list[Chapter]) -> str:
    """The chapters as Markdown: each ticket as it stood, whole."""
    return "\n".join(line for chapter in chapters for line in _lines(chapter)) + "\n"


def _lines(chapter: Chapter) -> Iterator[str]:
    yield f"### {chapter.name}\n"
    yield f"{chapter.said}\n"
    for number, issue, remarks in chapter.issues:
        labels = ", ".join(f"`{one['name']}`" for one in issue["labels"])
        yield f"Issue {number}, {issue['state']}: **{issue['title']}** ({labels})\n"
        yield "````markdown"
        yield _ADDRESS.sub("https://gitea.example", issue["body"]).rstrip()
        yield "````\n"
        for one in remarks:
            yield f"Remarked: {one}\n"


def _plans() -> tuple[BumpTicket, BumpTicket, BumpTicket, BumpTicket]:
    lines = tuple(replace(one, ended={"CRITICAL": 2}) for one in SAMPLE.lines[:2])
    fixes = SAMPLE.fixes[:2]
    small = replace(
        SAMPLE,
        cause=CAUSE,
        lines=lines,
        fixes=tuple(replace(one, streams=2, past_due=0) for one in fixes),
        remains=SAMPLE.remains[:1],
        unproven=(),
        own=(),
        evidence=tuple(one.replace("21 of 21", "2 of 2") for one in SAMPLE.evidence),
        bases=SAMPLE.bases[:2],
        exposure_days_per_week=28,
        oldest_days=42,
        link=None,
    )
    first, second = lines
    rebuilt = replace(first, on_base_since=None, done=Done(on("24 Nov")))
    both = replace(second, on_base_since=None, done=Done(on("25 Nov")))
    ticked = replace(
        small,
        lines=(rebuilt, second),
        fixes=tuple(replace(one, streams=1) for one in small.fixes),
        exposure_days_per_week=14,
        as_of=on("24 Nov"),
    )
    done = replace(small, lines=(rebuilt, both), fixes=(), listed=small.fixes, as_of=on("25 Nov"))
    newer = Target(small.target.reference, f"sha256:{'4' * 64}", on("30 Dec"))
    again = replace(
        small,
        target=newer,
        fixes=(Fix("CVE-2026-90001", "CRITICAL", "openssl", "3.0.18-1~deb12u1", 2, on("30 Dec")),),
        remains=(),
        as_of=on("31 Dec"),
    )
    return small, ticked, done, again


def written(folder: Path) -> tuple[str, str, str]:
    """The page of tickets: what stands before the story, the story, and what is behind it."""
    text = (folder / "tickets.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGINS)
    story, _, behind = rest.partition(ENDS)
    return before, story, behind


BEGINS = "<!-- written by tests/integration/tickets: begin -->\n"
ENDS = "<!-- end -->\n"
