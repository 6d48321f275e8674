"""Streams that go on under another name: the clocks of their exposures go on with them."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Engine

from tests.contract.store.fleet import Fleet, day
from tests.fakes.scanner import fake_package
from watcher.adapters.store.exposures import SqlExposures
from watcher.adapters.store.successions import SqlSuccessions
from watcher.adapters.store.views import SqlViews
from watcher.demo.workshop import Image, layer
from watcher.domain.policy import DEFAULT, Run
from watcher.domain.reference import Repository
from watcher.ports.store.exposures import WindowFilter
from watcher.ports.store.successions import Renames
from watcher.reading.inherited import clocks_of
from watcher.report.dues import Judge

NONE: Renames = frozenset()
RENAMED: Renames = frozenset({(Repository("local", "old"), Repository("local", "new"))})


class Dock(Fleet):
    """A fleet whose images are pushed under any name, and whose names go away."""

    def image(self, *packages: str) -> Image:
        image = Image([layer({"/packages": " ".join(packages)})])
        self.scanner.put_image(image.digest, [fake_package(name) for name in packages])
        return image

    def names(self, engine: Engine, at: float, **images: Image | None) -> None:
        """Let repositories have these images as `latest`, or none, and make a pass."""
        for repository, image in images.items():
            if image is None:
                self.registry.delete(repository, "latest")
            else:
                self.registry.push(repository, "latest", image, day(at))
        assert self.sync(engine, day(at)).failures == []


@pytest.fixture
def dock() -> Dock:
    dock = Dock(by="tag")
    dock.learn(day(-9), {"libc": ["CVE-2024-1000"]}, {"CVE-2024-1000": day(-90)})
    return dock


def due(engine: Engine, repository: str, renames: Renames = NONE) -> datetime:
    done = SqlViews(engine).finished(None)
    assert done is not None
    record = (SqlSuccessions(engine), SqlExposures(engine))
    inherited = clocks_of(record, done.number, "known", renames)
    wanted = WindowFilter(stream=f"local/{repository}:latest")
    (window,) = SqlExposures(engine).windows(wanted, done.number)
    at = Judge(DEFAULT, inherited=inherited).dues(window)[-1].at
    assert at is not None
    return at


def severity_allows() -> int:
    return 30  # days: the fake scanner rates everything high


def test_the_same_image_under_a_new_name_takes_over_the_clock(engine: Engine, dock: Dock) -> None:
    image = dock.image("libc")
    dock.names(engine, 1, old=image)
    dock.names(engine, 11, old=None)
    dock.names(engine, 21, new=image)
    # Ten days were used up under the old name; the ten between do not count.
    assert due(engine, "new") == day(21 + severity_allows() - 10)


def test_a_name_that_overlaps_the_old_one_takes_over_too_and_no_day_counts_twice(
    engine: Engine, dock: Dock
) -> None:
    image = dock.image("libc")
    dock.names(engine, 1, old=image)
    dock.names(engine, 6, new=image)
    dock.names(engine, 11, old=None)
    assert due(engine, "new") == day(1 + severity_allows())


def test_a_name_of_a_name_has_used_up_the_days_of_both(engine: Engine, dock: Dock) -> None:
    image = dock.image("libc")
    dock.names(engine, 1, old=image)
    dock.names(engine, 11, old=None, middle=image)
    dock.names(engine, 16, middle=None, new=image)
    assert due(engine, "new") == day(1 + severity_allows())


@pytest.mark.parametrize(
    ("gap", "image"), [(40, "same"), (10, "other")], ids=["too late", "another image"]
)
def test_another_image_or_one_much_later_begins_anew(
    engine: Engine, dock: Dock, gap: int, image: str
) -> None:
    first = dock.image("libc")
    dock.names(engine, 1, old=first)
    dock.names(engine, 11, old=None)
    again = first if image == "same" else dock.image("libc", "zlib")
    dock.names(engine, 11 + gap, new=again)
    assert due(engine, "new") == day(11 + gap + severity_allows())


def test_a_copy_of_what_is_still_there_begins_anew(engine: Engine, dock: Dock) -> None:
    image = dock.image("libc")
    dock.names(engine, 1, old=image)
    dock.names(engine, 11, new=image)
    assert due(engine, "new") == day(11 + severity_allows())


def test_a_rule_that_says_so_passes_clocks_on_whatever_the_image(
    engine: Engine, dock: Dock
) -> None:
    dock.names(engine, 1, old=dock.image("libc"))
    dock.names(engine, 11, old=None)
    dock.names(engine, 61, new=dock.image("libc", "zlib"))
    assert due(engine, "new") == day(61 + severity_allows())
    assert due(engine, "new", RENAMED) == day(61 + severity_allows() - 10)


def test_what_was_remediated_under_the_old_name_begins_anew(engine: Engine, dock: Dock) -> None:
    dock.names(engine, 1, old=dock.image("libc"))
    dock.names(engine, 6, old=dock.image("zlib"))
    dock.names(engine, 11, old=None, new=dock.image("libc"))
    assert due(engine, "new", RENAMED) == day(11 + severity_allows())


def test_clocks_taken_over_are_told_as_runs_up_to_the_new_name(engine: Engine, dock: Dock) -> None:
    image = dock.image("libc")
    dock.names(engine, 1, old=image)
    dock.names(engine, 6, new=image)
    dock.names(engine, 11, old=None)
    done = SqlViews(engine).finished(None)
    assert done is not None
    record = (SqlSuccessions(engine), SqlExposures(engine))
    (runs,) = clocks_of(record, done.number, "known", NONE).values()
    assert list(runs) == [Run(day(1), day(6))]
