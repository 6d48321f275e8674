"""The stage: identify bases, plan bumps, record both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from watcher.domain.knowledge import KnowledgeVersion
from watcher.domain.lineage import Bases, identify
from watcher.domain.ticket import BumpTicket
from watcher.ports.store.bumps import Bumps
from watcher.ports.store.lineages import Lineages
from watcher.ports.store.passes import PassRecord
from watcher.services.bump.plan import Planner
from watcher.services.outcome import Outcome

_NONE = Bases()


@dataclass(frozen=True, slots=True)
class BumpStage:
    """The stage with what it needs."""

    lineages: Lineages
    bumps: Bumps
    planner: Planner

    def take(self, this: PassRecord, version: KnowledgeVersion) -> Outcome:
        """Look for the bases of new images (of all, where a base is new), and plan anew."""
        outcome = Outcome("bump")
        self._identify(this)
        plans = self.planner.draw(this, version)
        self.bumps.plan(this, plans)
        outcome.counts["bumps_planned"] = len(plans)
        for newest, streams in sorted(_waited_for(plans).items()):
            some = "1 stream waits" if streams == 1 else f"{streams} streams wait"
            outcome.noticed(
                newest,
                f"the newest base is not catalogued and matched: {some} for it, tickets name the "
                "one before",
            )
        return outcome

    def _identify(self, this: PassRecord) -> None:
        wanted = self.lineages.unidentified(again=self.lineages.bases_changed())
        if wanted:
            known = self.lineages.bases(self.planner.planning.address)
            bases = {platform: Bases.of(found) for platform, found in known.items()}
            self.lineages.identified(
                this,
                {
                    one.image: identify(one.diff_ids, one.claim, bases.get(one.platform, _NONE))
                    for one in wanted
                },
            )


def _waited_for(plans: Iterable[BumpTicket]) -> Counter[str]:
    """The newest bases of which nothing is known, with how many streams wait for each."""
    return Counter(one.newest for plan in plans for one in plan.unknown if one.newest)
