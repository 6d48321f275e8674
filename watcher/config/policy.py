"""By when what is due: a preset, or rules of one's own, and what streams have to tell for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Final, Self

from pydantic import Field, JsonValue, model_validator

from watcher.config.moments import parse_duration
from watcher.config.near import nearest, printable
from watcher.config.policies import named, preset
from watcher.config.section import Section
from watcher.config.values import Text
from watcher.domain.package import SEVERITIES
from watcher.domain.policy import Clock, by_severity
from watcher.domain.policy import Policy as DomainPolicy

_DAY: Final = 86_400  # seconds
_MOST_DAYS: Final = 36_500
_ADVICE: Final = "such as {CRITICAL: 7, HIGH: 30, MEDIUM: 90d, LOW: null}"

Scalar = bool | int | float | str


class Policy(Section):
    """A preset with FedRAMP's class, or days by severity; `clock` is what they count from.

    `epss` is the score from which on an exploit counts as likely.
    """

    preset: Text = "default"
    class_: Annotated[Text | None, Field(alias="class")] = None
    rules: Mapping[str, JsonValue] | None = None
    clock: Clock | None = None
    epss: Annotated[float | None, Field(gt=0, le=1)] = None

    @cached_property
    def meant(self) -> DomainPolicy:
        """The policy as the domain applies it."""
        policy = preset(self.preset, self.class_) if self.rules is None else _own(self.rules)
        return named(replace(policy, clock=self.clock or policy.clock, epss=self.epss))

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.rules is not None and {"preset", "class_"} & self.model_fields_set:
            raise ValueError("has rules beside a preset or class: keep one of them")
        _ = self.meant
        return self


def _own(rules: Mapping[str, JsonValue]) -> DomainPolicy:
    """Days by severity; a severity that is left out has no rule, and what it rates no due time."""
    days: dict[str, float | None] = {}
    for key, told in rules.items():
        severity = key.upper()
        if severity not in SEVERITIES:
            raise ValueError(
                f"rules.{printable(key)}: is no severity{nearest(severity, list(SEVERITIES))}"
            )
        if severity in days:
            raise ValueError(f"rules: {severity} is given twice: keep one of them")
        days[severity] = _days(severity, told)
    if not days:
        raise ValueError(f"rules: has none: give days by severity, {_ADVICE}")
    return by_severity("own rules", days)


def _days(severity: str, told: JsonValue) -> float | None:
    if told is None:
        return None
    if isinstance(told, str):
        told = parse_duration(told).total_seconds() / _DAY
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 < told <= _MOST_DAYS:
        raise ValueError(
            f"rules.{severity}: must be days, a duration, or null for no limit: {_ADVICE}"
        )
    return told


def _yes_or_no(told: Scalar) -> str:
    if not isinstance(told, bool):
        raise ValueError("must be true or false: a policy asks for it")  # noqa: TRY004 - pydantic's
    return "yes" if told else "no"


def _impact(told: Scalar) -> str:
    text = str(told).upper().removeprefix("N")
    if isinstance(told, bool) or text not in {"1", "2", "3", "4", "5"}:
        raise ValueError("must be the potential agency impact, N1 to N5: a policy asks for it")
    return text


# What policies ask streams for, and how each is told; other attributes mean nothing to them.
_FACTORS: Final[Mapping[str, Callable[[Scalar], str]]] = {
    "internet_reachable": _yes_or_no,
    "likely_exploitable": _yes_or_no,
    "impact": _impact,
}


def factors_of(attributes: Mapping[str, Scalar]) -> dict[str, str]:
    """What attributes tell a policy; raises ValueError that names one of the wrong type."""
    found: dict[str, str] = {}
    for name, told in attributes.items():
        if name in _FACTORS:
            try:
                found[name] = _FACTORS[name](told)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
    return found
