"""An in-memory scanner: images by digest, knowledge by folder, and failures on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.domain.errors import NotFoundError, PermanentError, WatcherError
from watcher.domain.package import Catalogue, Finding, Occurrence, Package, Severity
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles


@dataclass(frozen=True, slots=True)
class Known:
    """What knowledge says of one package: affected by a vulnerability, fixed in a version or not.

    `versions` are those affected; empty means all of them.
    """

    package: str
    vulnerability: str
    fixed_version: str = ""
    severity: Severity = "HIGH"
    published: datetime | None = None
    versions: tuple[str, ...] = ()
    title: str = ""
    vendor_ids: tuple[str, ...] = ()

    def finding(self, package: Package) -> Finding:
        return Finding(
            context=package.context,
            identity=package.identity,
            vulnerability=self.vulnerability,
            severity=self.severity,
            severity_source="nvd",
            status="fixed" if self.fixed_version else "affected",
            fixed_version=self.fixed_version,
            title=self.title,
            published=self.published,
            vendor_ids=self.vendor_ids,
        )

    def concerns(self, package: Package) -> bool:
        return self.package == package.name and (
            not self.versions or package.version in self.versions
        )


def fake_package(
    name: str, version: str = "1", context: str = "debian 12", left_out: str | None = None
) -> Package:
    """Make a package as the fake lists it; its attributes come back through JSON like real ones."""
    return Package(
        context, f"{name}@{version}", name, version, {"version": version, "extra": []}, left_out
    )


class FakeScanner:
    """Signs the Scanner port. Put images and knowledge in; put an error in to see it raised.

    `failures` is keyed by an image's digest, by a context, or by the folder of a database. What
    stands in `overlooked` a scan of an image finds and a match of packages does not; what stands in
    `imagined`, the other way round.
    """

    def __init__(self, version: str = "0.74.0") -> None:
        self.version = version
        self.runs = 0
        self.images: dict[str, Catalogue] = {}
        self.failures: dict[str, WatcherError] = {}
        self.matched: list[tuple[str, tuple[Package, ...]]] = []
        self.overlooked: set[str] = set()
        self.imagined: set[str] = set()
        self._knowledge: dict[tuple[str, str | None], tuple[Known, ...]] = {}
        self._lock = threading.Lock()

    def put_image(
        self,
        digest: str,
        packages: Iterable[Package | Occurrence],
        *,
        system: tuple[str, str] = ("debian", "12.5"),
        not_covered: str | None = None,
        unknown_jars: bool = False,
    ) -> None:
        """Let an image consist of these packages; a bare package lies in no layer it names."""
        listed = tuple(
            one if isinstance(one, Occurrence) else Occurrence(one, "", "", _purl(one))
            for one in packages
        )
        self.images[digest] = Catalogue(
            os_family=system[0],
            os_version=system[1],
            end_of_life=False,
            occurrences=listed,
            findings=(),
            not_covered=not_covered,
            unknown_jars=unknown_jars,
        )

    def learn(
        self, knowledge: KnowledgeFiles, known: Iterable[Known], version: str | None = None
    ) -> None:
        """Let a database say exactly this, to one version of the scanner or to any other."""
        self._knowledge[str(knowledge.db), version] = tuple(known)

    def catalog(
        self, access: PullAccess, knowledge: KnowledgeFiles, *, shared: bool = False
    ) -> Catalogue:
        del shared
        digest = access.reference.rpartition("@")[2]
        self._start(digest, str(knowledge.db))
        if digest not in self.images:
            raise NotFoundError(f"{access.reference}: there is no such image")
        listed = self.images[digest]
        packages = dict.fromkeys(one.package for one in listed.occurrences)
        found = self._found(list(packages), knowledge)
        seen = tuple(one for one in found if one.vulnerability not in self.imagined)
        return replace(listed, findings=seen)

    def match(
        self, context: str, packages: Sequence[Package], knowledge: KnowledgeFiles
    ) -> list[Finding]:
        if not packages:
            return []
        self._start(context, str(knowledge.db))
        self.matched.append((context, tuple(packages)))
        found = self._found(packages, knowledge)
        return [one for one in found if one.vulnerability not in self.overlooked]

    def check(self, knowledge: KnowledgeFiles) -> None:
        self._known(knowledge)

    def _start(self, *subjects: str) -> None:
        with self._lock:
            self.runs += 1
        for subject in subjects:
            if subject in self.failures:
                raise self.failures[subject]

    def _known(self, knowledge: KnowledgeFiles) -> tuple[Known, ...]:
        try:
            told = str(knowledge.db)
            any_version = (told, None)
            here = (told, self.version)
            return self._knowledge[here if here in self._knowledge else any_version]
        except KeyError:
            raise PermanentError(f"the database {knowledge.db} is unusable") from None

    def _found(self, packages: Sequence[Package], knowledge: KnowledgeFiles) -> list[Finding]:
        for package in packages:
            json.dumps(package.attributes)  # what cannot be stored must not work here either
        return [
            known.finding(package)
            for package in packages
            for known in self._known(knowledge)
            if package.left_out is None and known.concerns(package)
        ]


def _purl(package: Package) -> str:
    return f"pkg:generic/{package.name}@{package.version}"
