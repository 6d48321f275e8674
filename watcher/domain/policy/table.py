"""Decision tables: what is known of an exposure leads to a limit, by the rows that fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from watcher.domain.policy.limit import Limit, undetermined


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: the value that each factor must have (those not named may be anything), and a limit.

    `days` None is a row that sets no limit.
    """

    needs: Mapping[str, str]
    days: float | None

    @property
    def time(self) -> timedelta | None:
        """The limit as a time."""
        return None if self.days is None else timedelta(days=self.days)

    def fits(self, known: Mapping[str, str]) -> bool:
        """Whether nothing that is known speaks against the row."""
        return all(known.get(factor, value) == value for factor, value in self.needs.items())


@dataclass(frozen=True, slots=True)
class Table:
    """Rows over factors, for each combination of their values one; their order means nothing."""

    factors: tuple[str, ...]
    rules: tuple[Rule, ...]

    def limit(self, known: Mapping[str, str]) -> Limit:
        """The limit that all rows agree on which what is known leaves possible.

        Where they do not, what is missing is named: a factor that nobody told and that some of
        these rows ask for. Where no row fits, the factors that were told have no rule: they are
        named with their values, such as `a rule for severity LOW`.
        """
        fitting = [rule for rule in self.rules if rule.fits(known)]
        if not fitting:
            told = [f"{factor} {known[factor]}" for factor in self.factors if factor in known]
            return undetermined([f"a rule for {', '.join(told)}"])
        times = {rule.time for rule in fitting}
        asked = {factor for rule in fitting for factor in rule.needs} - known.keys()
        return Limit(times.pop()) if len(times) == 1 else undetermined(asked)

    @property
    def days(self) -> list[float]:
        """The limits of all rows in days, shortest first."""
        return sorted({rule.days for rule in self.rules if rule.days is not None})
