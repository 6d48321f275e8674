"""How long a policy leaves: some days, no limit, or nobody can say before somebody tells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """Time from the start of the clock; None is no limit, unless inputs are `missing`.

    `missing` names, in order, what nobody told and the answer hangs on; then it is undetermined,
    which never means that nothing is due.
    """

    time: timedelta | None = None
    missing: tuple[str, ...] = ()

    @property
    def determined(self) -> bool:
        """Whether the policy says anything: some days, or that there is no limit."""
        return not self.missing


UNLIMITED = Limit()


def undetermined(missing: Iterable[str]) -> Limit:
    """No answer, for want of these inputs."""
    return Limit(None, tuple(sorted(set(missing))))
