"""Runs the demo: servers started, a story played with the real stages, the record left behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from watcher.bootstrap import App, build, pass_runner
from watcher.config import load
from watcher.demo.play import DATABASE, VERSION, Stage, play, staged
from watcher.demo.season import DAYS, season
from watcher.demo.story import Chapter, Story
from watcher.demo.workshop.locate import find_tool
from watcher.ports.progress import Progress
from watcher.services.pass_ import STAGES, PassReport

_CONFIGURATION = """\
# Written by the demo. Its servers are gone when it ends; the record stays and can be read.
database: {{url: "sqlite:///{folder}/watcher.db"}}
state: "{folder}/state"
trivy: {{binary: "{trivy}", db: ["{mirror}/{database}:{version}"], java_db: []}}
stale_after: 96h       # longer than the time between two passes
retention: {{db_files: 100}} # every day of the demo can be scanned again
registries:
  - {{name: local, kind: oci, url: "{registry}", include: ["**"]}}
bases: ["local/base/**"]
owners:
{owners}
trackers:
  - {{name: tickets, kind: folder, path: "{tickets}"}}
# A service on Python 3.9 is not brought to 3.12 by its base.
tickets: {{threshold: HIGH, per_hour: 10, skip: ["local/base/python:3.12-slim"]}}
"""


@dataclass(frozen=True, slots=True)
class Played:
    """A chapter with the report of its pass, and how many exposures were open after it."""

    chapter: Chapter
    report: PassReport
    exposures: int


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo in a folder of its own, which is emptied first; `start` is the story's midnight."""

    folder: Path
    start: datetime
    now: Callable[[], datetime]
    progress: Progress
    environment: Mapping[str, str]
    tell: Callable[[datetime], Story] = season

    @property
    def configuration(self) -> Path:
        """The configuration that the demo writes."""
        return self.folder / "watcher.yaml"

    @contextmanager
    def played(self) -> Iterator[Iterator[Played]]:
        """Play the story; yields its chapters as they happen, while the servers run."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        told = self.tell(self.start)
        with staged(self.folder, self.start) as stage:
            self._configure(stage, told)
            config = load(self.configuration, self.environment)
            with build(config) as app:
                app.database.require(own_upgrade=True)

                def make_pass(at: datetime) -> PassReport:
                    runner = pass_runner(app.parts(self.progress))
                    return runner.make(at, self.now(), STAGES, config.snapshot())

                yield (
                    Played(chapter, report, _open_exposures(app))
                    for chapter, report in play(told, stage, make_pass)
                )

    def _configure(self, stage: Stage, story: Story) -> None:
        owners = [
            f'  - {{match: "local/{pattern}", team: {team}, tracker: tickets}}'
            for pattern, team in story.owners.items()
        ]
        self.configuration.write_text(
            _CONFIGURATION.format(
                folder=self.folder,
                trivy=find_tool("trivy"),
                mirror=stage.mirror.host,
                database=DATABASE,
                version=VERSION,
                registry=stage.registry.url,
                tickets=stage.tickets,
                owners="\n".join(owners),
            )
        )


def _open_exposures(app: App) -> int:
    last = app.views.finished(None)
    return sum(head.open_exposures for head in app.views.streams(last.number if last else 0))


def season_before(now: datetime) -> datetime:
    """The midnight on which the season starts so that its last pass lies just before now."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=DAYS)
