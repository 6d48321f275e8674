"""What images hold: sets of packages by the layers that bring them; images share them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

Named = tuple[bool, str]  # whether the system has it, and its name


@dataclass(frozen=True, slots=True)
class Installed:
    """A package in an image, whether the system has it, and the context in which it is matched."""

    number: int
    name: str
    system: bool
    context: int = 0

    @property
    def named(self) -> Named:
        """What the package is called, and by whom."""
        return self.system, self.name


@dataclass(frozen=True)
class PackageSet:
    """The packages that one layer brings to an image, by the layer's diff id."""

    number: int
    layer: str
    packages: tuple[Installed, ...]

    @cached_property
    def system_names(self) -> frozenset[Named]:
        """The packages that the system has."""
        return frozenset(one.named for one in self.packages if one.system)

    @cached_property
    def contexts(self) -> frozenset[int]:
        """The contexts in which the packages that the system has are matched."""
        return frozenset(one.context for one in self.packages if one.system)


@dataclass(frozen=True, slots=True)
class System:
    """The system of an image, such as `debian 12.5`, and whether its maintenance has ended."""

    name: str
    end_of_life: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """What images hold, by their numbers, as far as they are catalogued and matched."""

    sets: Mapping[int, Sequence[PackageSet]] = field(default_factory=dict)
    systems: Mapping[int, System] = field(default_factory=dict)

    @property
    def packages(self) -> frozenset[int]:
        """The numbers of all packages."""
        distinct = {one.number: one for held in self.sets.values() for one in held}
        return frozenset(each.number for one in distinct.values() for each in one.packages)
