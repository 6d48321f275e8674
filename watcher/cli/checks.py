"""What `doctor` looks at: each check says what it saw, or what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from watcher.bootstrap import App
from watcher.cli.progress import SilentProgress
from watcher.cli.web_checks import web_checks
from watcher.config.registries import ArtifactRegistrySettings, DockerHubSettings, EveryKind
from watcher.domain.errors import PermanentError, WatcherError
from watcher.domain.reference import ArtifactReference
from watcher.ports.registry import Registry
from watcher.ports.tracker import Tracker
from watcher.ports.vex import Unread, VexDocument, VexFeed
from watcher.report import clock
from watcher.report.doctor import Check, State
from watcher.report.times import stamp

_OLD = timedelta(hours=48)  # a Trivy database is made anew every six hours
_TIGHT, _FULL = 5 << 30, 1 << 29  # bytes; the databases unpacked take about 2 GiB
_CLOSED = "closed: pushes are seen at the next listing; {} would let the registry tell of them"
_CEILING = 4 << 30  # bytes that a file may have; docs/scale.md says why


def all_checks(app: App, file: Path, now: datetime) -> Iterator[Check]:
    """Check everything, the cheap first; what fails does not keep the rest from being checked."""
    yield _configuration(app, file)
    database = _database(app)
    yield database
    yield from _ceiling(app.database.size)
    if database.state == "ok":
        yield from _record(app, now)
        yield from _statements(app)
    parts = app.parts(SilentProgress())
    yield _seen("trivy", lambda: f"version {parts.scanner.version}")
    for name, references in (("db", parts.sources.db), ("java_db", parts.sources.java_db)):
        yield from _sources(name, references, parts.artifacts.poll)
    for feed in parts.vex:
        yield _seen(f"vex {feed.source}", partial(_stated, feed))
    for registry in parts.registries:
        yield checked(registry)
    yield from map(_hooks, app.config.registries)
    for name, tracker in sorted(parts.trackers.items()):
        yield _seen(f"tracker {name}", partial(_filing, tracker))
    yield from web_checks(app, now)
    yield _disk(app.config.state)


def _seen(subject: str, look: Callable[[], str]) -> Check:
    """Look at a thing that is well unless looking at it raises."""
    try:
        return Check(subject, "ok", look())
    except WatcherError as error:
        return Check(subject, "fail", str(error))


def checked(registry: Registry) -> Check:
    """Look at a registry: what may be amiss is a warning, said behind what is well."""
    subject = f"registry {registry.name}"
    try:
        found = registry.check()
    except WatcherError as error:
        return Check(subject, "fail", str(error))
    state: State = "warn" if found.doubts else "ok"
    return Check(subject, state, "; ".join((found.line, *found.doubts)))


def _filing(tracker: Tracker) -> str:
    """What a tracker says of itself, without its name, which stands beside it."""
    return tracker.check().removeprefix(f"tracker {tracker.name}: ")


def _hooks(one: EveryKind) -> Check:
    """Tell how a registry tells us of pushes, or what would let it."""
    subject, address = f"hooks {one.name}", f"https://<where the web is reached>/hooks/{one.name}"
    if isinstance(one, ArtifactRegistrySettings):
        if one.webhook_account is None:
            return Check(subject, "ok", _CLOSED.format("webhook_audience and webhook_account"))
        message = f"open for {one.webhook_account}: let Pub/Sub push to {address}, with tokens made"
        return Check(subject, "ok", f"{message} out to {one.webhook_audience}")
    if one.webhook_secret is None:
        return Check(subject, "ok", _CLOSED.format("webhook_secret"))
    if isinstance(one, DockerHubSettings):
        return Check(subject, "ok", f"open: let each repository send to {address}/<webhook_secret>")
    message = f"open: let the registry send to {address}, with the secret in Authorization"
    return Check(subject, "ok", message)


def _configuration(app: App, file: Path) -> Check:
    if not app.config.registries:
        return Check("configuration", "warn", f"{file} names no registry: nothing is watched")
    if app.config.advice:
        return Check("configuration", "warn", "; ".join(app.config.advice))
    return Check("configuration", "ok", f"{file}, registries: {len(app.config.registries)}")


def _database(app: App) -> Check:
    address = app.database.address
    try:
        found = app.database.state()
    except WatcherError as error:
        return Check("database", "fail", str(error))
    if found.ready:
        size = app.database.size
        shown = f", {size / 2**20:.1f} MiB" if size is not None else ""
        return Check("database", "ok", f"{address} at migration {found.current}{shown}")
    command = "sync" if app.database.file is not None else "db upgrade"
    message = f"{address} is at migration {found.current or 'none'}, needs {found.wanted}"
    state: State = "warn" if app.database.file is not None else "fail"
    return Check("database", state, f"{message}: run `watcher {command}`")


def _ceiling(size: int | None) -> Iterator[Check]:
    """Warn of a file from three quarters of its ceiling on; a server has none."""
    if size is not None and size >= _CEILING * 3 // 4:
        message = (
            f"{size / 2**30:.1f} GiB, near the {_CEILING >> 30} GiB up to which a file serves "
            "well: move to PostgreSQL, docs/scale.md tells how"
        )
        yield Check("database size", "warn", message)


def _record(app: App, now: datetime) -> Iterator[Check]:
    last = app.views.finished(None)
    if last is None:
        yield Check("passes", "warn", "none was completed yet: run `watcher sync`")
        return
    as_of = clock.as_of(None, last, now)
    state: State = "warn" if as_of - last.at > app.config.stale_after else "ok"
    yield Check("passes", state, f"the last one that ended is of {stamp(last.at)}")
    versions = app.views.knowledge(last.number)
    if not versions:
        yield Check("knowledge", "warn", "none in force yet: run `watcher sync`")
        return
    current = versions[-1]
    age = as_of - current.updated_at
    yield Check(
        "knowledge",
        "warn" if age > _OLD else "ok",
        f"{current.db_digest} of {stamp(current.updated_at)}, {age / timedelta(hours=1):.0f} h old",
    )
    direct = app.views.directs(last.number)
    if direct:
        message = f"{direct} images are matched by scans of their own: `watcher images` says why"
        yield Check("matching", "warn", message)


def _stated(feed: VexFeed) -> str:
    """What a feed holds; raises where anything of it cannot be read."""
    found = feed.read()
    for one in found:
        if isinstance(one, Unread):
            raise PermanentError(f"{one.location}: {one.error}")
    statements = sum(len(one.statements) for one in found if isinstance(one, VexDocument))
    return f"documents: {len(found)}, statements: {statements}"


def _statements(app: App) -> Iterator[Check]:
    """Tell which statements are about nothing: written in vain, or by mistake."""
    last = app.views.finished(None)
    if last is None or not app.config.feeds.vex:
        return
    unused = app.statements.unused(last.number)
    standing = len(app.statements.in_force(last.number))
    if not unused:
        yield Check("vex", "ok", f"statements in force: {standing}")
        return
    first = unused[0]
    said = first.recorded.statement
    message = (
        f"{len(unused)} of {standing} statements are about nothing watched; the first, on "
        f"{said.names[0]} in {first.recorded.location}: {first.why}"
    )
    yield Check("vex", "warn", message)


def _sources(
    name: str, references: Sequence[ArtifactReference], poll: Callable[[ArtifactReference], str]
) -> Iterator[Check]:
    """Poll every source; one that fails is a warning while another answers."""
    polled = [_seen(f"{name} {one}", partial(_offer, poll, one)) for one in references]
    answering = any(check.state == "ok" for check in polled)
    for check in polled:
        tolerable = check.state == "fail" and answering
        yield Check(check.subject, "warn", check.message) if tolerable else check


def _offer(poll: Callable[[ArtifactReference], str], reference: ArtifactReference) -> str:
    return f"offers {poll(reference)}"


def _disk(state: Path) -> Check:
    place = next(one for one in (state.absolute(), *state.absolute().parents) if one.exists())
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Check("disk", "fail", f"{place} cannot be looked at: {error.strerror}")
    message = f"{free / 2**30:.1f} GiB free at {place}"
    if free < _FULL:
        return Check("disk", "fail", f"{message}: a database of knowledge will not fit")
    return Check("disk", "warn" if free < _TIGHT else "ok", message)
