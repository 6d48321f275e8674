"""Trivy as a scanner: catalogues images, matches documents of packages, checks databases."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from watcher.adapters.scanners.trivy import command, database, document, workspace
from watcher.adapters.scanners.trivy.catalogue import read_catalogue
from watcher.adapters.scanners.trivy.complaints import failure
from watcher.adapters.scanners.trivy.findings import TEMPLATE, read_matches
from watcher.adapters.scanners.trivy.jars import analysed, any_unknown, layers_of
from watcher.adapters.scanners.trivy.layers import LayerAnalyses, Place
from watcher.adapters.scanners.trivy.version import find_binary, read_version
from watcher.domain.errors import AttemptError, PermanentError, StartError, TransientError
from watcher.domain.package import Catalogue, Finding, Package
from watcher.ports.registry import PullAccess
from watcher.ports.scanner import KnowledgeFiles

# Nothing is fetched, nothing is called home.
_QUIET: Final = (
    "--skip-db-update",
    "--skip-java-db-update",
    "--offline-scan",
    "--skip-version-check",
    "--disable-telemetry",
    "--no-progress",
    "--scanners=vuln",
)
_FORGETFUL: Final = "--cache-backend=memory"
_REMEMBERING: Final = "--cache-backend=fs"
_GRACE: Final = 60.0  # seconds


class TrivyScanner:
    """Signs the Scanner port with a Trivy binary of 0.74.0 or later.

    `binary` is a name on PATH or a path; `state` a folder that remembers its version; `timeout`
    ends each run, in seconds, and `memory` bounds it, in bytes. Each run has its own folder and
    process group, and its own cache or a place among those kept in `state`, so that any number of
    them may run at once.
    """

    def __init__(
        self, binary: str, state: Path, timeout: float = 600.0, memory: int | None = None
    ) -> None:
        self._name = binary
        self._state = state
        self._limit = command.Limit(timeout, memory)
        self._layers = LayerAnalyses(state / "layers")
        self._runs = 0
        self._lock = threading.Lock()

    @cached_property
    def version(self) -> str:
        """The version that the binary says it is; raises StartError where there is no Trivy."""
        return read_version(self._binary, self._state / "trivy-version.json")

    @property
    def runs(self) -> int:
        """How often the binary was started to catalogue or match."""
        return self._runs

    def catalog(
        self, access: PullAccess, knowledge: KnowledgeFiles, *, shared: bool = False
    ) -> Catalogue:
        """Pull an image and list its packages; see the port."""
        with ExitStack() as ending:
            layers = None
            if shared:
                layers = ending.enter_context(self._layers.place(self.version, knowledge.java_db))
            place = ending.enter_context(workspace.opened(knowledge, access.proxy))
            if layers is not None:
                place.keep_layers_in(layers.cache)
            place.give_credentials(access)
            try:
                log = self._run(self._image(access, knowledge, layers), place, *_told(access))
            except AttemptError as error:
                if layers is None or not layers.spoiled(str(error)):
                    raise
                layers = None
                log = self._run(self._image(access, knowledge, None), place, *_told(access))
            image, report = access.reference.rpartition("@")[2], place.output.read_bytes()
            found = read_catalogue(report, log, image, access.reference)
            return replace(found, unknown_jars=_unknown_jars(report, log, layers))

    def _image(
        self, access: PullAccess, knowledge: KnowledgeFiles, layers: Place | None
    ) -> list[str]:
        """The arguments that list an image's packages."""
        arguments = ["image", *self._common(), "--list-all-pkgs", "--format=json"]
        arguments += ["--image-src=remote", _FORGETFUL if layers is None else _REMEMBERING]
        arguments += ["--debug"] if knowledge.java_db else []
        arguments += ["--insecure"] if access.plain_http else []
        arguments += ["--cacert", str(Path(access.ca_file).absolute())] if access.ca_file else []
        return [*arguments, access.reference]

    def match(
        self, context: str, packages: Sequence[Package], knowledge: KnowledgeFiles
    ) -> list[Finding]:
        """Match packages of one context in one run, on Azure Linux in a few; see the port."""
        matched = [package for package in packages if package.left_out is None]
        documents = document.apart(context, matched)
        subject = f"matching {context}"
        found = (self._match(part, knowledge, subject) for part in documents if part)
        return list(itertools.chain.from_iterable(found))

    def check(self, knowledge: KnowledgeFiles) -> None:
        """Make sure that the database is whole and that Trivy opens it; see the port."""
        database.check_whole(knowledge.db)
        probe = Package("wolfi", "probe", "probe", "1", {"version": "1"})
        self._match([probe], knowledge, "Trivy cannot use the database", counted=False)

    def stop(self) -> None:
        """End every run under way within a moment and start no other: watcher ends."""
        self._limit.stopped.set()

    @cached_property
    def _binary(self) -> str:
        return find_binary(self._name)

    def _match(
        self,
        packages: Sequence[Package],
        knowledge: KnowledgeFiles,
        subject: str,
        *,
        counted: bool = True,
    ) -> list[Finding]:
        context = packages[0].context
        arguments = [
            "sbom",
            *self._common(),
            _FORGETFUL,
            "--format=template",
            f"--template={TEMPLATE}",
        ]
        with workspace.opened(knowledge) as place:
            place.document.write_bytes(document.write(context, packages))
            self._run([*arguments, str(place.document)], place, subject, counted=counted)
            expected = document.expected_packages(context, packages)
            printed = place.output.read_text(encoding="utf-8", errors="replace")
            return read_matches(printed, packages, expected)

    def _common(self) -> list[str]:
        # Trivy's own timeout is only there so that ours is never undercut.
        return [*_QUIET, f"--timeout={self._limit.seconds + _GRACE:.0f}s"]

    def _run(
        self,
        arguments: Sequence[str],
        place: workspace.Workspace,
        subject: str,
        *secrets: str | None,
        counted: bool = True,
    ) -> str:
        """Run Trivy and give its log back; raises what its failure means."""
        with self._lock:
            self._runs += counted
        cached = [*arguments[:1], "--cache-dir", str(place.cache), *arguments[1:]]
        try:
            outcome = command.run(self._binary, cached, place, self._limit)
        except TransientError as error:
            raise TransientError(f"{subject}: {error}") from None
        except (PermanentError, StartError) as error:
            raise PermanentError(f"{subject}: {error}") from None
        if outcome.code != 0:
            raise failure(outcome, subject, *secrets)
        return outcome.log


def _told(access: PullAccess) -> tuple[str, str | None, str | None]:
    """What a run is about, and what of it nobody may read."""
    return access.reference, access.password, urlsplit(access.proxy or "").password


def _unknown_jars(report: bytes, log: str, layers: Place | None) -> bool:
    """Whether an image has jars without a name; in doubt, for layers analysed before, it has.

    A run speaks of the jars of those layers alone that it analyses itself.
    """
    here = any_unknown(log)
    if layers is None:
        return here
    if here:
        layers.note_unknown_jars(analysed(log))
    return here or not layers.with_unknown_jars().isdisjoint(layers_of(report))
