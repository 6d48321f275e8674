"""Coverage: whether a track's figures rest on completed, fresh work, judged from the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.adapters.store.views.current import CataloguedImage, Head
from watcher.adapters.store.views.freshness import Failures, Freshness
from watcher.ports.store.views import Coverage


@dataclass(frozen=True, slots=True)
class ContextPart:
    """What an image has in a context; `unmatched` of its packages took part in no match yet."""

    number: int
    name: str
    unmatched: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that coverage is judged by; catalogues by image, contexts by catalogue."""

    as_of: datetime
    stale_after: timedelta
    freshness: Freshness
    failures: Failures
    catalogues: Mapping[int, CataloguedImage]
    contexts: Mapping[int, Sequence[ContextPart]]

    def judge(self, head: Head) -> Coverage:
        """Judge one head: the first reason decides, what is missing before what is old."""
        reason = next(self._missing(head), None) or next(self._old(head), None)
        catalogue = self.catalogues.get(head.image) if head.image is not None else None
        direct = catalogue is not None and catalogue.alone is not None
        if reason is not None:
            return Coverage(covered=False, reason=reason, direct=direct)
        warning = "; ".join(self._young(head)) or None
        return Coverage(covered=True, warning=warning, direct=direct)

    def _missing(self, head: Head) -> Iterator[str]:
        if head.not_covered:
            yield head.not_covered
        if self.freshness.listed(head.repository_number) is None:
            error = self.failures.listing(head.repository)
            yield because("the repository was never listed completely", error)
        if head.image is None or head.digest is None:
            error = self.failures.of_digest.get(("inventory", head.target))
            yield because("the tag's manifest is not read yet", error)
            return
        catalogue = self.catalogues.get(head.image)
        if catalogue is None:
            yield because("not catalogued yet", self.failures.cataloguing(head.digest))
            return
        yield from self._unmatched(catalogue, head.digest)

    def _unmatched(self, catalogue: CataloguedImage, digest: str) -> Iterator[str]:
        if catalogue.alone is not None and not catalogue.direct:
            error = self.failures.of_digest.get(("direct", digest)) or self.failures.scanning()
            waiting = f"matched on its own, and not scanned yet ({catalogue.alone})"
            yield because(waiting, error)
            return
        for part in self.contexts.get(catalogue.number, ()):
            if part.unmatched:
                error = self.failures.matching(part.name)
                yield because(f"packages of {part.name} are not matched yet", error)
        if catalogue.differences:
            yield f"its audit found differences: {catalogue.differences[0]}"

    def _old(self, head: Head) -> Iterator[str]:
        """Stages whose last success is older than allowed, or that never had one."""
        for what, last, error in self._stages(head):
            if last is None:
                yield because(f"never {what}", error)
            elif self.as_of - last > self.stale_after:
                yield because(f"last {what} at {last:%Y-%m-%dT%H:%M:%SZ}", error)

    def _young(self, head: Head) -> Iterator[str]:
        for what, last, error in self._stages(head):
            if error and last:
                yield because(f"last {what} at {last:%Y-%m-%dT%H:%M:%SZ}", error)

    def _stages(self, head: Head) -> Iterator[tuple[str, datetime | None, str | None]]:
        """What each stage did for a head: in words, when it last succeeded, why not since."""
        fresh, failed = self.freshness, self.failures
        listed = fresh.listed(head.repository_number)
        yield "listed", listed, failed.listing(head.repository)
        yield "checked for new knowledge", fresh.polled(), failed.polling()
        catalogue = self.catalogues.get(head.image) if head.image is not None else None
        for part in self.contexts.get(catalogue.number, ()) if catalogue else ():
            yield f"matched {part.name}", fresh.matched(part.number), failed.matching(part.name)
        yield "folded into the ledger", fresh.folded_at, None


def because(what: str, error: str | None) -> str:
    """Say what is so, and the error that explains it where there is one."""
    return f"{what}: {error}" if error else what
