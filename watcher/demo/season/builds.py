"""Every image that the season sees: of bases as they are rebuilt, of services as teams move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watcher.demo.season.advisories import flaws
from watcher.demo.season.archive import system_version
from watcher.demo.season.bases import BASES, Base
from watcher.demo.season.calendar import DAYS, Calendar
from watcher.demo.season.layers import debian_packages
from watcher.demo.season.services import STREAMS, Lock, Stream
from watcher.demo.season.teams import delay, habit
from watcher.demo.story import Content, Tag
from watcher.demo.workshop import Image, Index, Layer, built_on, dpkg_upgrade

# Images name their bases as people write them in `FROM`.
_HOST = "registry.example"
_LONG_AGO = -200.0  # the day of the lock files that they have
_FIRST = -3.0  # the day of the builds that the first pass finds
_AT_WORK = 0.05  # days from a build to its push


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a stream's image is built from: the base of a day, and a lock file."""

    base: float
    lock: Lock


@dataclass(frozen=True, slots=True)
class Push:
    """A tag was pushed on a day."""

    day: float
    tag: Tag
    content: Content
    team: str  # `base` for those who build the bases


def pushes(calendar: Calendar) -> list[Push]:
    """All pushes of the season, by day."""
    found = [push for one in BASES for push in _of_base(calendar, one)]
    found += [push for stream in STREAMS for push in _of_stream(calendar, stream)]
    return sorted(found, key=lambda push: (push.day, push.tag))


def _of_base(calendar: Calendar, one: Base) -> Iterator[Push]:
    for day in one.rebuilt:
        images = [one.build(calendar, day, platform) for platform in one.platforms]
        yield Push(day, (one.repository, one.tag), _together(images), "base")


def _of_stream(calendar: Calendar, stream: Stream) -> Iterator[Push]:
    for number, (day, recipe) in enumerate(_recipes(stream)):
        images = [
            _image(calendar, stream, recipe, day, platform) for platform in stream.base.platforms
        ]
        tag = (stream.service.repository, stream.tag_of(number))
        yield Push(day, tag, _together(images), stream.service.team)


def _recipes(stream: Stream) -> Iterator[tuple[float, Recipe]]:
    """The builds of a stream: whenever its team gets round to it, and only where it changes."""
    recipe = Recipe(stream.base.newest(_FIRST), stream.service.locked(_LONG_AGO))
    yield _FIRST + delay(stream.name), recipe
    for one in sorted(_occasions(stream), key=lambda one: one.day):
        changed = Recipe(
            base=recipe.base if one.base is None else one.base,
            lock=stream.service.locked(one.day) if one.relocks else recipe.lock,
        )
        if changed != recipe:
            yield one.day, changed
        recipe = changed


@dataclass(frozen=True, slots=True)
class _Occasion:
    """A team rebuilds: on the base of a day, None for the one it has; `relocks`: new libraries."""

    day: float
    base: float | None
    relocks: bool = False


def _occasions(stream: Stream) -> Iterator[_Occasion]:
    team, late = stream.service.team, delay(stream.name)
    for built in stream.base.rebuilt:
        own = habit(team, built)
        if own and built > _FIRST and (day := built + own.base + late) < DAYS:
            yield _Occasion(day, built if own.pins else stream.base.newest(day))
    for flaw in flaws():
        own = habit(team, flaw.fixed)
        if own and stream.service.index in flaw.where and flaw.package in stream.service.libraries:
            day = max(flaw.fixed, 0) + own.library + late
            if day < DAYS:
                yield _Occasion(day, None if own.pins else stream.base.newest(day), relocks=True)


def _image(calendar: Calendar, stream: Stream, recipe: Recipe, day: float, platform: str) -> Image:
    on = stream.base.build(calendar, recipe.base, platform)
    layers = [*_upgrades(stream, recipe, day, platform), *stream.service.layers(recipe.lock)]
    name = f"{_HOST}/{stream.base.name}" if stream.service.annotated else None
    return built_on(on, layers, created=calendar.time(day - _AT_WORK), base_name=name)


def _upgrades(stream: Stream, recipe: Recipe, day: float, platform: str) -> Iterator[Layer]:
    """What `apt-get install --only-upgrade` adds where the base is behind."""
    versions = stream.base.sources(recipe.base)
    newer = {
        source: version
        for source in stream.service.upgrades
        if (version := system_version(stream.base.system, source, day)) != versions[source]
    }
    if newer:
        system = stream.base.system
        before = debian_packages(system, versions, platform)
        yield dpkg_upgrade(before, debian_packages(system, newer, platform))


def _together(images: list[Image]) -> Content:
    return images[0] if len(images) == 1 else Index(images)
