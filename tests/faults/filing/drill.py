"""The drill: the story is filed again and again, with a death at each of its steps."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.faults.filing.clerk import let_time_pass, make, make_wired
from tests.faults.filing.days import DAYS
from tests.faults.filing.grounds import Filed, Ground, Project
from tests.faults.harness.children import in_child, spread
from tests.faults.harness.steps import Step, Trail, When
from tests.servers.sqlite import copy_database

_PATIENCE: Final = 120.0  # seconds in which all is made good
_WRITES: Final = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Death:
    """A death at one side of one step of one pass; passes are counted from 0."""

    pass_: int
    step: Step
    when: When

    def __str__(self) -> str:
        return f"killed {self.when} {self.step} of pass {self.pass_ + 1}"


@dataclass(frozen=True, slots=True)
class Drill:
    """One kind of tracker, with a folder for records and an empty one to begin with."""

    ground: Ground
    folder: Path
    template: Path
    lanes: int

    def undisturbed(self) -> tuple[list[list[Filed]], list[Trail]]:
        """What each pass leaves, and what it does."""
        left: list[list[Filed]] = []
        trails: list[Trail] = []
        with self._fresh("undisturbed") as (folder, project):
            for number in range(len(DAYS)):
                trail = Trail(act=lambda _: None)
                outcome = make_wired(folder, project, number, trail)
                assert outcome.failures == []
                left.append(project.filed())
                trails.append(trail)
        return left, trails

    def judged(self, left: Sequence[list[Filed]], deaths: Sequence[Death]) -> Iterator[list[str]]:
        """What each death changed that it must not: nothing, if all is well."""

        def judge(lane: int, death: Death) -> list[str]:
            name = f"lane{lane}-{death.pass_}-{death.step.number}-{death.when}"
            with self._fresh(name) as (folder, project):
                return [f"{death}: {one}" for one in self._wrong(folder, project, left, death)]

        return spread(deaths, judge, self.lanes)

    def _fresh(self, name: str) -> Fresh:
        folder = self.folder / name
        folder.mkdir(parents=True)
        copy_database(self.template, folder / "watcher.db")
        return Fresh(folder, self.ground(folder, f"{self.folder.name}-{name}"))

    def _wrong(
        self, folder: Path, project: Project, left: Sequence[list[Filed]], death: Death
    ) -> list[str]:
        for number in range(death.pass_):
            make(folder, project, number)
        trail = Trail((death.step, death.when))
        ended = in_child(lambda: str(make_wired(folder, project, death.pass_, trail).failures))
        if not ended.killed:
            return [f"did not die: {ended.raised or ended.given}"]
        wrong = [*_revived(folder, project, death.pass_), *_doubled(project)]
        let_time_pass(folder)
        wrong += [*_revived(folder, project, death.pass_), *_doubled(project)]
        return [*wrong, *_unlike(project.filed(), left[death.pass_])]


class Fresh:
    """A record and a project of a trial, taken away behind it."""

    def __init__(self, folder: Path, ground: object) -> None:
        self._folder, self._ground = folder, ground

    def __enter__(self) -> tuple[Path, Project]:
        return self._folder, self._ground.__enter__()  # type: ignore[attr-defined] # a context

    def __exit__(self, *raised: object) -> None:
        self._ground.__exit__(*raised)  # type: ignore[attr-defined] # a context
        shutil.rmtree(self._folder)


def deaths(trails: Sequence[Trail], *, everywhere: bool) -> list[Death]:
    """Every place to die, or those alone that differ for whoever comes after.

    What only asks changes nothing, and before anything is done all is as after the last step.
    """
    sides: tuple[When, When] = ("before", "after")
    return [
        Death(number, step, when)
        for number, trail in enumerate(trails)
        for step in trail.seen
        for when in sides
        if (step.number, when) in trail.met and (everywhere or _differs(step, when))
    ]


def _differs(step: Step, when: When) -> bool:
    writes = step.kind != "tracker" or step.name.startswith(_WRITES)
    return when == "after" and writes


def _revived(folder: Path, project: Project, number: int) -> list[str]:
    """Make the pass again, in a process of its own."""
    told = in_child(lambda: [str(one) for one in make(folder, project, number).failures], _PATIENCE)
    return told.given if told.given is not None else [str(told.raised or "came to no end")]


def _doubled(project: Project) -> list[str]:
    """Keys that are there twice; asked here, for a fork sees a board in memory as it was."""
    keys = Counter(one.key for one in project.filed())
    return [f"{key or 'without a key'}: {count} times" for key, count in keys.items() if count > 1]


def _unlike(now: Sequence[Filed], before: Sequence[Filed]) -> list[str]:
    """What is not as it is left undisturbed; of remarks a death may cost one, and adds none."""
    quiet = [replace(one, remarks=0) for one in now]
    wanted = [replace(one, remarks=0) for one in before]
    wrong = [f"is not as it was: {one}" for one in quiet if one not in wanted]
    wrong += [f"is missing: {one}" for one in wanted if one not in quiet]
    wrong += [f"{len(now)} issues, not {len(before)}"] if len(now) != len(before) else []
    if sum(one.remarks for one in now) > sum(one.remarks for one in before):
        wrong.append("something was remarked twice")
    return wrong
