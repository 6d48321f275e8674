"""The facts of two years, written in bulk as the passes of those days would have recorded them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import ceil

from sqlalchemy import Connection, Engine

from benchmarks.ledger.years import (
    BASES,
    DAYS,
    SYSTEMS,
    TEAMS,
    Component,
    Flaw,
    Years,
    newest,
    releases,
)
from watcher.adapters.store.copying import Row
from watcher.adapters.store.rows import add_rows, batches
from watcher.adapters.store.tables import metadata
from watcher.ports.store.passes import Snapshot
from watcher.services.pass_ import STAGES

MIDNIGHT = datetime(2024, 10, 1, tzinfo=UTC)
CONTEXTS = (*SYSTEMS, "language")
REGISTRY = "local"
_HOUR = 0.25  # of the day at which passes are made
_TOGETHER = 20_000  # rows in memory at once


def time_of(day: float) -> datetime:
    """A time, as days from the midnight before the first pass; to the second."""
    return MIDNIGHT + timedelta(seconds=round(day * 86_400))


def seen(day: float) -> int:
    """The number of the pass that first sees what happened; the first sees all before."""
    return max(1, ceil(day - _HOUR) + 1)


def seen_at(number: int) -> datetime:
    """When a pass was made."""
    return time_of(number - 1 + _HOUR)


def effective(day: int) -> datetime:
    """When the database of a day was made: an hour before the pass that took it."""
    return time_of(day + _HOUR - 1 / 24)


def digest(*words: object) -> str:
    """A digest that no other words have."""
    return f"sha256:{sha256(repr(words).encode()).hexdigest()}"


@dataclass(slots=True)
class Facts:
    """Writes the facts of a story; rows are numbered as they come."""

    years: Years
    connection: Connection
    made: Snapshot  # the configuration of every pass
    packages: dict[tuple[str, int], int] = field(default_factory=dict)  # by name and version
    first_seen: dict[int, int] = field(default_factory=dict)  # the pass, by package
    sets: dict[tuple[str, int, int], int] = field(default_factory=dict)
    base_images: dict[tuple[int, int, str], int] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _waiting: dict[str, list[Row]] = field(default_factory=dict)

    def write(self) -> None:
        """Write them all, each behind those it refers to."""
        self._passes()
        for base in range(BASES):
            self._base(base)
        for stream in range(self.years.streams):
            self._stream(stream)
        self._known()
        for table in metadata.sorted_tables:
            self._flush(table.name)

    def _add(self, table: str, **row: object) -> int:
        number = self._numbers[table] = self._numbers.get(table, 0) + 1
        waiting = self._waiting.setdefault(table, [])
        waiting.append({"id": number, **row})
        if len(waiting) >= _TOGETHER:
            self._flush(table)
        return number

    def _flush(self, table: str) -> None:
        for batch in batches(self._waiting.pop(table, ()), _TOGETHER):
            add_rows(self.connection, metadata.tables[table], batch)

    def _passes(self) -> None:
        snapshot = self._add("config_snapshots", sha256=self.made.sha256, body=self.made.body)
        for number in range(1, DAYS + 1):
            self._add(
                "passes",
                at=seen_at(number),
                started_at=seen_at(number),
                state="complete",
                stages=list(STAGES),
                folded=False,
                identified=True,
                summary={},
                config_id=snapshot,
            )
            self._version(number)
        for name in CONTEXTS:
            number = self._add("contexts", name=name, direct=False)
            self._cover("match", number)
        self._cover("knowledge", 0)
        for context in range(1, len(CONTEXTS) + 1):
            for number in range(1, DAYS + 1):
                self._add(
                    "context_runs",
                    context_id=context,
                    knowledge_id=number,
                    package_count=1,
                    opened_in=number,
                )

    def _version(self, number: int) -> None:
        at, made = seen_at(number), effective(number - 1)
        self._add(
            "knowledge",
            scanner="0.74.0",
            db_digest=digest("database", number),
            source="db.invalid/trivy-db:2",
            updated_at=made,
            seen_at=at,
            applied_at=at,
            effective_at=made,
            opened_in=number,
        )

    def _cover(self, stage: str, subject: int) -> None:
        first, last = seen_at(1), seen_at(DAYS)
        self._add("coverage", stage=stage, subject=subject, since=first, until=last, opened_in=1)

    def _repository(self, path: str) -> int:
        number = self._add("repositories", registry=REGISTRY, path=path)
        self._add("repository_scopes", repository_id=number, since=seen_at(1), opened_in=1)
        self._cover("inventory", number)
        self._cover("reconciliation", number)
        return number

    def _base(self, base: int) -> None:
        repository = self._repository(f"base/system{base}")
        stream = self._add(
            "streams", repository_id=repository, by="tag", name="stable", published=False
        )
        days = [float(day) for day in releases(base)]
        for platform in ("linux/amd64", "linux/arm64"):
            for place, day in enumerate(days):
                image = self._image(("base", base, place), platform, day)
                self.base_images[base, place, platform] = image
                self._catalogue(image, day, [self._set("base", base, place)])
            images = [self.base_images[base, place, platform] for place in range(len(days))]
            self._bind(stream, platform, days, images, ("base", base))

    def _stream(self, stream: int) -> None:
        repository = self._repository(f"team{stream % TEAMS}/service{stream}")
        number = self._add(
            "streams", repository_id=repository, by="tag", name="latest", published=True
        )
        base, stack = stream % BASES, stream % self.years.stacks
        gone = self.years.retired(stream)
        days = [day for day in self.years.rebuilds(stream) if gone is None or day < gone]
        for platform in self.years.platforms(stream):
            images = []
            for place, day in enumerate(days):
                image = self._image(("stream", stream, place), platform, day)
                taken = newest(base, day)
                sets = [
                    self._set("base", base, taken),
                    self._set("stack", stack, newest(stack, day)),
                ]
                self._catalogue(image, day, sets)
                self._add(
                    "base_identities",
                    image_id=image,
                    base_image_id=self.base_images[base, taken, platform],
                    name=f"{REGISTRY}/base/system{base}:stable",
                    digest=digest(("base", base, taken), platform),
                    grade="layers",
                    evidence="its layers begin with those of the base",
                    opened_in=seen(day),
                )
                images.append(image)
            self._bind(number, platform, days, images, ("stream", stream), gone)

    def _image(self, of: tuple[str, int, int], platform: str, day: float) -> int:
        number = self._add(
            "images",
            digest=digest(of, platform),
            platform=platform,
            created=time_of(day - 1 / 24),
            diff_ids=[digest(of, "layer")],
            layers=[digest(of, "blob")],
            layer_bytes=20_000_000,
            labels={},
            annotations={},
            opened_in=seen(day),
        )
        manifest = self._add(
            "manifests",
            digest=digest(of, platform),
            media_type="application/vnd.oci.image.manifest.v1+json",
            annotations={},
            opened_in=seen(day),
        )
        self._add("manifest_images", manifest_id=manifest, image_id=number)
        return number

    def _catalogue(self, image: int, day: float, sets: Iterable[int]) -> None:
        number = self._add(
            "catalogues",
            image_id=image,
            scanner="0.74.0",
            db_digest=digest("database", seen(day)),
            os_family="debian",
            os_version="12",
            end_of_life=False,
            package_count=150,
            applied_at=seen_at(seen(day)),
            audit="equal",
            differences=[],
            audited_in=seen(day),
            opened_in=seen(day),
        )
        for one in sets:
            self._add("catalogue_sets", catalogue_id=number, set_id=one)

    def _bind(
        self,
        stream: int,
        platform: str,
        days: list[float],
        images: list[int],
        of: tuple[str, int],
        gone: int | None = None,
    ) -> None:
        ends: list[float | None] = [*days[1:], gone]
        for place, (day, image, end) in enumerate(zip(days, images, ends, strict=True)):
            last = end is not None and place + 1 == len(days)
            self._add(
                "bindings",
                stream_id=stream,
                platform=platform,
                image_id=image,
                target=digest((*of, place), platform),
                start_at=time_of(day),
                start_not_before=None,
                backfilled=day < 0,
                end_at=None if end is None else seen_at(seen(end)) if last else time_of(end),
                end_not_before=seen_at(seen(end) - 1) if last and end is not None else None,
                reason=None if end is None else "retired" if last else "moved",
                opened_in=seen(day),
                closed_in=None if end is None else seen(end),
            )

    def _set(self, kind: str, of: int, place: int) -> int:
        key = (kind, of, place)
        if key not in self.sets:
            day = releases(of)[place]
            held = self.years.of_base(of) if kind == "base" else self.years.of_stack[of]
            number = self.sets[key] = self._add(
                "package_sets",
                sha256=digest(key)[7:],
                layer=digest(key, "layer"),
                opened_in=seen(day),
            )
            for one in held:
                version = one.version(day)
                package = self._package(one, version, seen(day))
                self._add(
                    "package_set_members",
                    set_id=number,
                    package_id=package,
                    path=f"usr/share/doc/{one.name}",
                    purl=_purl(one, version),
                )
        return self.sets[key]

    def _package(self, one: Component, version: int, seen_in: int) -> int:
        key = (one.name, version)
        if key not in self.packages:
            name = f"{one.name}@1.{version}"
            self.packages[key] = self._add(
                "packages",
                context_id=CONTEXTS.index(one.context) + 1,
                identity=f"{name}#{digest(name)[7:39]}",
                name=one.name,
                version=f"1.{version}",
                attributes={"version": f"1.{version}", "src_name": one.name},
                opened_in=seen_in,
            )
        number = self.packages[key]
        self.first_seen[number] = min(self.first_seen.get(number, seen_in), seen_in)
        return number

    def _known(self) -> None:
        """What knowledge told of every package that was ever seen."""
        for number, seen_in in self.first_seen.items():
            self._add(
                "package_coverage",
                package_id=number,
                from_knowledge=seen_in,
                to_knowledge=None,
                opened_in=seen_in,
            )
        components = [*self.years.libraries, *(one for each in self.years.systems for one in each)]
        for component in components:
            numbers = {flaw.name: self._vulnerability(flaw) for flaw in component.flaws}
            for version in range(len(component.flaws) + 1):
                package = self.packages.get((component.name, version))
                if package is not None:
                    for flaw in component.flaws_of(version):
                        self._match(package, numbers[flaw.name], flaw)
                        self._assess(package, numbers[flaw.name], flaw, f"1.{version + 1}")

    def _vulnerability(self, flaw: Flaw) -> int:
        known = flaw.known + 1
        return self._add(
            "vulnerabilities",
            name=flaw.name,
            title="a flaw " * 8,
            published=time_of(flaw.published),
            in_db_at=effective(flaw.known),
            published_in=known,
            opened_in=known,
        )

    def _match(self, package: int, number: int, flaw: Flaw) -> None:
        """The runs of a match: dated where the package was matched before without it."""
        there = self.first_seen[package]
        runs: Iterator[tuple[int, int | None]] = iter([(flaw.known, flaw.withdrawn)])
        if flaw.again is not None:
            runs = iter([(flaw.known, flaw.withdrawn), (flaw.again, None)])
        for place, (begin, end) in enumerate(runs):
            found = max(begin + 1, there)
            if end is not None and end + 1 <= found:
                continue
            dated = found == begin + 1 and there <= begin
            self._add(
                "matches",
                package_id=package,
                vulnerability_id=number,
                first=place == 0,
                dated_at=effective(begin) if dated else None,
                dated_not_before=None,
                first_knowledge=found,
                lacked_by=found - 1 if dated else None,
                end_at=None if end is None else effective(end),
                end_not_before=None,
                end_cause=None if end is None else "knowledge_withdrawn",
                ended_by=None if end is None else end + 1,
                opened_in=found,
                closed_in=None if end is None else end + 1,
            )

    def _assess(self, package: int, number: int, flaw: Flaw, fixed: str) -> None:
        """What is said of it: fixed from some day on, and rated worse after a while."""
        there = max(flaw.known + 1, self.first_seen[package])
        told = {there: (flaw.severity, "")}
        changes = [(flaw.fixed, "fixed"), (flaw.rerated, "rated")]
        severity, fix = flaw.severity, ""
        for day, what in sorted((day, what) for day, what in changes if day is not None):
            severity = "CRITICAL" if what == "rated" else severity
            fix = fixed if what == "fixed" else fix
            if day < DAYS:
                told[max(day + 1, there)] = (severity, fix)
        ends: list[int | None] = [*sorted(told)[1:], None]
        for (begin, (severity, fix)), end in zip(sorted(told.items()), ends, strict=True):
            self._add(
                "assessments",
                package_id=package,
                vulnerability_id=number,
                severity=severity,
                severity_source="nvd",
                status="fixed" if fix else "affected",
                fixed_version=fix,
                effective_at=effective(begin - 1),
                knowledge_id=begin,
                opened_in=begin,
                closed_in=end,
            )


def _purl(one: Component, version: int) -> str:
    kind = "pypi" if one.context == "language" else "deb/debian"
    return f"pkg:{kind}/{one.name}@1.{version}"


def write_facts(engine: Engine, years: Years, made: Snapshot) -> None:
    """Fill an empty SQLite database with our schema; rows may come before those they refer to."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        Facts(years, connection, made).write()
        connection.commit()
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
