"""The season as it was played: what each pass did, what it left in the folder, and predicted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.fakes.progress import Silent
from watcher.bootstrap import App, build, pass_runner
from watcher.cli.application import run
from watcher.cli.session import Session
from watcher.config import load
from watcher.demo.play import tickets_in
from watcher.demo.run import Demo, Played
from watcher.demo.season import DAYS
from watcher.demo.workshop import Image, Index
from watcher.domain.move import moves
from watcher.domain.reference import Repository
from watcher.ports.store.bumps import Remembered
from watcher.ports.store.lineages import BaseHead, Built
from watcher.services.bump.proof import Candidate, Proof, prove, read_fleet

START = datetime(2026, 3, 2, tzinfo=UTC)
LAST = START + timedelta(days=DAYS)
NOON = LAST + timedelta(hours=12)

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket's file: its state and its text."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """A stream's image moved to a newer base under a database: what it would be exposed to."""

    image: str
    base: str
    candidate: str
    database: str
    vulnerabilities: frozenset[str]
    proven: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """A pass, and what there was after it."""

    played: Played
    tickets: Mapping[str, Ticket]  # by key
    predictions: tuple[Prediction, ...]


@dataclass(frozen=True, slots=True)
class Season:
    """The whole season, with a watcher to ask; its servers are still there."""

    demo: Demo
    registry: str
    moments: Mapping[float, Moment]  # by day
    remembered: tuple[Remembered, ...]

    def ask(self, *arguments: str) -> Document:
        """A document, as the command line gives it."""
        answer = self.demo.folder / "answer.json"
        session = Session(environment={}, now=lambda: NOON)
        told = [*arguments, "--format", "json", "-o", str(answer)]
        assert run(["--config", str(self.demo.configuration), *told], session) == 0
        document: Document = json.loads(answer.read_text())
        return document

    def images(self) -> dict[str, Image]:
        """Every image that was ever pushed, by its digest."""
        contents = [
            content
            for moment in self.moments.values()
            for content in moment.played.chapter.pushes.values()
        ]
        found = [one for c in contents for one in (c.images if isinstance(c, Index) else [c])]
        return {one.digest: one for one in found}


def play(demo: Demo, stack: ExitStack) -> Season:
    """Play the season; its servers end with the stack."""
    moments = {}
    chapters = stack.enter_context(demo.played())
    app: App | None = None
    for played in chapters:
        if app is None:
            app = stack.enter_context(build(load(demo.configuration, demo.environment)))
        told = tuple(predictions(app))
        moments[played.chapter.day] = Moment(played, _tickets(demo.folder), told)
    assert app is not None
    url = app.config.some_registries()[0].url  # type: ignore[union-attr]
    return Season(demo, str(url), moments, tuple(app.bumps.remembered()))


def _tickets(folder: Path) -> dict[str, Ticket]:
    found = {}
    for state, paths in tickets_in(folder / "tickets").items():
        for path in paths:
            text = path.read_text(encoding="utf-8")
            front = yaml.safe_load(text.split("---\n")[1])
            found[front["key"]] = Ticket(state, text)
    return found


def predictions(app: App) -> Iterator[Prediction]:
    """What the record proves after a pass, for every stream that is behind its base."""
    runner = pass_runner(app.parts(Silent()))
    lineages = runner.stages.bump.planner.lineages
    database = runner.records.matches.versions()[-1].db_digest
    built = [one for one in lineages.construction().built if one.published]
    heads = {(one.repository, one.tag, one.platform): one for one in lineages.construction().heads}
    pairs = [(one, head) for one in built for head in _candidates(one, heads)]
    images = {n for one, head in pairs for n in (one.image, one.base, head.image)}
    fleet = read_fleet(lineages, images)
    for one, head in pairs:
        ground, before = fleet.ground(head.image), fleet.names(one.image)
        if ground is None or before is None:
            continue
        proof = prove(one, Candidate(head.image, head.digest, ground), fleet)
        if proof is not None:
            yield _prediction(proof, before, database)


def _candidates(
    built: Built, heads: Mapping[tuple[Repository, str, str], BaseHead]
) -> Iterator[BaseHead]:
    """What a stream may be moved to: the newest image of its tag, and of other tags of its kind."""
    head = built.head
    if built.base != head.image:
        yield head
    tags = [tag for repository, tag, _ in heads if repository == head.repository]
    for move in moves(head.tag, tags, majors=True):
        other = heads.get((head.repository, move.tag, head.platform))
        if other is not None:
            yield other


def _prediction(proof: Proof, before: frozenset[str], database: str) -> Prediction:
    def named(numbers: frozenset[int]) -> frozenset[str]:
        return frozenset(proof.flaws[number].name for number in numbers)

    told, built = proof.prediction, proof.built
    return Prediction(
        image=built.digest,
        base=built.base_digest,
        candidate=proof.candidate.digest,
        database=database,
        vulnerabilities=(before - named(told.fixes)) | named(told.introduces),
        proven=not told.unproven,
    )
