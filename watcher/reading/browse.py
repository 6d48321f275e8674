"""What pages look up beside documents: as far as the one who asks sees it, and no further."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.reference import Repository
from watcher.ports.store.browsing import (
    ConcernedPackage,
    NamedTrack,
    Pointing,
    ShownFlaw,
    ShownImage,
    StandingFailure,
    WindowsFound,
    WindowsWanted,
)
from watcher.ports.store.views import MatchChange
from watcher.reading import many
from watcher.reading.memory import A_PASS
from watcher.reading.reading import Reading
from watcher.report.figures.many.open import Asked


def windows(record: Reading, wanted: WindowsWanted) -> WindowsFound:
    """Part of the windows that a page asks for."""
    seen = record.seen
    if seen is not None:
        streams = seen if wanted.streams is None else wanted.streams & seen
        wanted = replace(wanted, streams=streams)

    def made() -> WindowsFound:
        return record.app.browsing.windows(wanted, record.upto)

    # Of one vulnerability or a stream that takes little; else all of the ledger is counted.
    narrow = wanted.vulnerability is not None or wanted.streams is not None
    return made() if narrow else record.kept(("windows", repr(wanted)), made, A_PASS)


def lasting(record: Reading, wanted: WindowsWanted) -> WindowsFound:
    """Part of the windows that are open; from columns where those are kept."""
    kept = record.memory is not None
    return open_windows(record, wanted, None) if kept else windows(record, wanted)


def open_windows(
    record: Reading, wanted: WindowsWanted, takes: Callable[[str, str | None], bool] | None
) -> WindowsFound:
    """Part of the windows that are open now; `takes` a stream by its name and team.

    Found in columns that are read once for a pass: neither the ledger nor the list is gone through.
    """
    sight = record.sight

    def seen(name: str, team: str | None) -> bool:
        in_sight = sight is None or team in sight.teams
        return in_sight and (takes is None or takes(name, team))

    browsing, upto, named = record.app.browsing, record.upto, None
    if wanted.vulnerability is not None:
        flaw_ = browsing.flaw(wanted.vulnerability, upto)
        named = frozenset({flaw_.name} if flaw_ else ())
    asked = Asked(
        wanted,
        None if sight is None and takes is None else seen,
        named,
        browsing.about(wanted.text, upto) if wanted.text else (),
    )
    return many.open_windows(record).found(asked)


def tracks(record: Reading, repository: Repository | None = None) -> list[NamedTrack]:
    """Every track ever bound, or those of one repository, by name and platform."""
    browsing, upto, seen = record.app.browsing, record.upto, record.seen
    if repository is None:
        found = record.kept("tracks", lambda: browsing.tracks(upto), A_PASS)
    else:
        found = browsing.tracks(upto, repository)
    return [one for one in found if seen is None or one.track.stream in seen]


def owners(record: Reading) -> Mapping[str, str | None]:
    """The team of each stream, and of what was never listed, by whole name; None for nobody."""

    def made() -> dict[str, str | None]:
        names = {one.stream for one in record.app.browsing.tracks(record.upto)}
        names |= {one.name for one in record.app.views.unlisted(record.upto)}
        return {name: record.config.owner_of(name) for name in names}

    return record.kept("owners", made, A_PASS)


def image(record: Reading, repository: Repository, digest: str) -> ShownImage | None:
    """An image that a stream that is seen points to, or did; None where none does."""
    found = record.app.browsing.image(repository, digest, record.upto)
    return found if found and (record.sight is None or pointing(record, found.number)) else None


def pointing(record: Reading, image: int) -> list[Pointing]:
    """The tracks that point to an image, or did; those that do come first."""
    found, seen = record.app.browsing.pointing(image, record.upto), record.seen
    return [one for one in found if seen is None or one.stream.track.stream in seen]


def failures(record: Reading) -> list[StandingFailure]:
    """What had failed when it was last tried, by stage and subject."""
    found = record.app.browsing.failures(record.upto)
    return [one for one in found if record.owns(one.subject)]


def flaw(record: Reading, name: str) -> ShownFlaw | None:
    """A vulnerability by its id; None where it is not known, or never concerned what is seen."""
    found = record.app.browsing.flaw(name, record.upto)
    if found is None or record.sight is None:
        return found
    ever = WindowsWanted(state="any", vulnerability=found.name, order="newest", at_most=1)
    return found if windows(record, ever).numbers else None


def concerned(record: Reading, name: str, at_most: int) -> list[ConcernedPackage]:
    """Packages that a vulnerability concerns in whatever stream: for those who see every one."""
    if record.sight is not None:
        return []
    return record.app.browsing.concerned(name, record.upto, at_most)


def changes(record: Reading, name: str) -> list[tuple[KnowledgeVersion, MatchChange]]:
    """How what one vulnerability matches changed in whatever stream: for those who see all."""
    if record.sight is not None:
        return []
    return record.app.browsing.changes(name, record.upto)
