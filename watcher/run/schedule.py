"""What is due when: which stages each key of `schedule` calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from watcher.config import Config
from watcher.domain.places import Places
from watcher.ports.store.calls import SCHEDULE, Call
from watcher.services.pass_ import ORDER, Stage

# What a stage finds is taken through the stages that rest on it in the same pass.
CALLED: Final[Mapping[str, tuple[Stage, ...]]] = {
    "knowledge": ("knowledge", "match", "exposure"),
    "inventory": ("inventory", "catalog", "match", "exposure"),
    "tickets": ("bump", "ticket"),
    "audit": ("match", "audit", "exposure"),
}
DIGEST: Final = "digest"
_DIGEST_LOOK: Final = timedelta(hours=1)  # between two looks for a digest that was not sent
_INVENTORY: Final = "inventory"
# What waits for its time: that watcher starts, or the clock jumps, is no reason to pull images.
PATIENT: Final = frozenset({"audit"})

When = timedelta | str


def scheduled(config: Config) -> dict[str, When]:
    """When each kind of pass is due: a pause between two, or a cron line in UTC."""
    told = config.schedule
    every: dict[str, When] = {
        "knowledge": told.knowledge,
        "inventory": told.inventory,
        "tickets": told.tickets,
        "audit": told.audit,
    }
    return every | {DIGEST: _DIGEST_LOOK} if config.digest.readers else every


def key_of(name: str) -> str:
    """How a call of the clock is kept."""
    return f"{SCHEDULE}{name}"


def stages_of(calls: Iterable[Call]) -> list[Stage]:
    """The stages that answer some calls, in their order; a call nobody knows asks for nothing."""
    names = {_INVENTORY if one.place else one.key.removeprefix(SCHEDULE) for one in calls}
    wanted = {stage for name in names for stage in CALLED.get(name, ())}
    return [stage for stage in ORDER if stage in wanted]


def is_everywhere(calls: Iterable[Call]) -> bool:
    """Whether some call wants everything listed."""
    return any(one.key == key_of(_INVENTORY) for one in calls)


def places_of(calls: Sequence[Call]) -> Places | None:
    """Where hooks ask to look; None where the clock wants everything listed, or nobody a look."""
    places = Places.of(one.place for one in calls if one.place)
    return places if places and not is_everywhere(calls) else None
