"""A long life in short: pass after pass over a fleet that changes, and what each leaves behind.

Registry and scanner are fakes, so that the record's own memory, files and growth are what is seen.
Every image of the fleet is made before the first pass: the fakes take no more memory meanwhile.
"""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression, median
from typing import Any, Final

from benchmarks.scale_fleet import BASES, ScaleFleet, _libraries, day, packages_of_base
from benchmarks.scale_sheet import MEBIBYTE, size_on_disk
from watcher.adapters.store.engine import open_engine
from watcher.adapters.store.migrate import upgrade
from watcher.demo.workshop import Image, built_on, layer
from watcher.domain.errors import TransientError

MOVED: Final = 100  # one image in so many moves in a pass that brings changes
QUIET: Final = 2  # every so manieth pass finds nothing new
LEARNT: Final = 6  # every so manieth brings another database
FAILED: Final = 25  # in every so manieth the registry is down
REMEMBERED: Final = 4  # databases that the scanner of this measurement still knows
_CHANGES: Final = (
    "tags_changed",
    "catalogued",
    "matches_added",
    "matches_removed",
    "episodes_opened",
    "episodes_closed",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """What a pass left: memory and open files of the process, the database, and what changed."""

    memory: float  # MiB
    files: int
    size: float  # MiB
    changes: int


@dataclass(frozen=True, slots=True)
class Soaked:
    """All passes, in their order."""

    samples: Sequence[Sample]

    @property
    def memory_slope(self) -> float:
        """KiB of memory that a pass leaves behind, by the second half of the passes."""
        later = [one.memory * 1024 for one in self.samples[len(self.samples) // 2 :]]
        return float(linear_regression(range(len(later)), later).slope)

    @property
    def files_grown(self) -> int:
        """How many more files are open in the last tenth of the passes than in the second."""
        tenth = max(1, len(self.samples) // 10)
        early, late = self.samples[tenth : 2 * tenth], self.samples[-tenth:]
        return max(one.files for one in late) - max(one.files for one in early)

    def growth(self, *, quiet: bool) -> float:
        """KiB that the database grew by in the median pass, of those with changes or without."""
        grown = [
            (after.size - before.size) * 1024
            for before, after in zip(self.samples, self.samples[1:], strict=False)
            if (after.changes == 0) is quiet
        ]
        return median(grown) if grown else 0.0

    @property
    def growth_per_change(self) -> tuple[float, float]:
        """KiB of the database for each change, in the first and the second half of the passes."""
        middle = len(self.samples) // 2
        halves = self.samples[:middle], self.samples[middle - 1 :]
        first, second = (
            (half[-1].size - half[0].size) * 1024 / max(1, sum(one.changes for one in half[1:]))
            for half in halves
        )
        return first, second


@dataclass(slots=True)
class LivingFleet(ScaleFleet):
    """A fleet of which every image has two versions, and moves from one to the other and back."""

    versions: list[tuple[Image, Image]] = field(default_factory=list)
    learnt: int = 0

    def second_versions(self) -> None:
        """Make the other version of each image."""
        for number in range(self.images):
            base = self.bases[number % BASES]
            pair = [
                built_on(base, [layer({"/app": text})], created=day(-1))
                for text in (f"{number}", f"{number}b")
            ]
            for image, seed in zip(pair, (number, number + self.images), strict=True):
                system = packages_of_base(number % BASES, image.layers[0].diff_id)
                own = _libraries(seed, self.libraries, image.layers[-1].diff_id)
                self.scanner.put_image(image.digest, [*system, *own])
            self.versions.append((pair[0], pair[1]))

    def live(self, passed: int) -> None:
        """What happens before a pass of this number."""
        self.registry.heal()
        self.scanner.matched.clear()  # the fake keeps what it was asked
        if passed % FAILED == FAILED - 1:
            self.registry.fail(TransientError("the registry is down"))
        if passed % QUIET == 0:
            return
        for number in range(passed % MOVED, self.images, MOVED):
            version = (passed // MOVED) % 2
            self.registry.push(
                f"team{number % 40}/service{number}", "latest", self.versions[number][1 - version]
            )
        if passed % LEARNT == 1:
            self._learn_another()

    def _learn_another(self) -> None:
        self.learnt += 1
        self.learn(self.learnt, self.learnt % 5)
        _forget(self.scanner._by_name)  # noqa: SLF001 - the fake of this measurement
        _forget(self.scanner._knowledge)  # noqa: SLF001


def _forget(known: MutableMapping[Any, Any]) -> None:
    """Let a fake know the newest databases alone."""
    for one in list(known)[:-REMEMBERED]:
        del known[one]


def run(passes: int, images: int) -> int:
    """Let a watcher live, and print; 1 where files stay open or quiet passes cost as others."""
    print(f"soak: {passes} passes over {images} images that change, on SQLite")
    print("  pass  memory MiB  files  database MiB  changes")
    shown = max(1, passes // 20)
    samples = []
    for number, one in enumerate(lived(passes, images)):
        samples.append(one)
        if number % shown == 0:
            print(f"  {number:>4}  {one.memory:>10.1f}  {one.files:>5}", end="")
            print(f"  {one.size:>12.2f}  {one.changes:>7}")
    found = Soaked(samples)
    first, second = found.growth_per_change
    print(f"  memory: {found.memory_slope:+.1f} KiB a pass over the second half")
    print(f"  open files: {found.files_grown:+d}")
    quiet, other = found.growth(quiet=True), found.growth(quiet=False)
    print(f"  database: {quiet:.1f} KiB a quiet pass, {other:.1f} KiB another")
    print(f"  database: {first:.2f} KiB a change in the first half, {second:.2f} in the second")
    return 1 if found.files_grown > 0 or quiet > other else 0


def lived(passes: int, images: int) -> Iterator[Sample]:
    """Make the passes, an hour apart."""
    fleet = LivingFleet(images)
    fleet.second_versions()
    with tempfile.TemporaryDirectory(prefix="watcher-soak-") as folder:
        engine = open_engine(f"sqlite:///{folder}/watcher.db")
        upgrade(engine)
        for number in range(passes):
            fleet.live(number)
            report = fleet.sync(engine, number / 24)
            changes = sum(report.counts[name] for name in _CHANGES)
            gc.collect()
            yield Sample(memory(os.getpid()), files(os.getpid()), size_on_disk(engine), changes)
        engine.dispose()


def memory(process: int) -> float:
    """MiB that a process holds in memory."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    held = next(line for line in lines if line.startswith("VmRSS:"))
    return int(held.split()[1]) * 1024 / MEBIBYTE


def files(process: int) -> int:
    """How many files a process has open."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))
