"""Columns of whole numbers, and sums over them that are exact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

NEVER: Final = 1 << 62  # later than any time
_HALF: Final = 31  # bits: sums of halves stay below 2^53, so that they are exact as floats
_MOST: Final = 1 << 21  # rows whose halves may be summed at once


def whole(values: Sequence[int]) -> Whole:
    """A column; an array of type `q` is read without a copy."""
    return np.asarray(values, dtype=np.int64)


def paired(high: Whole, low: Whole, most: int) -> Whole:
    """One number for two, of which the second is below `most`."""
    return high * most + low


def places(values: Whole) -> tuple[list[int], Whole]:
    """The distinct values, ascending, and for each row the place of its value among them."""
    distinct, inverse = np.unique(values, return_inverse=True)
    return distinct.tolist(), inverse.astype(np.int64)


def among(values: Whole, some: Iterable[int]) -> Truth:
    """Which rows have one of some values."""
    return np.isin(values, np.fromiter(some, dtype=np.int64))


def in_order(first: Whole, second: Whole) -> Whole:
    """The rows in the order of two columns, the first one before the second."""
    return np.lexsort((second, first))


def in_order_of(columns: Sequence[Whole]) -> Whole:
    """The rows in the order of several columns, the first one before all others."""
    return np.lexsort(tuple(reversed(columns)))


def all_of(rows: int) -> Truth:
    """Every one of so many rows."""
    return np.ones(rows, dtype=np.bool_)


def distinct(numbers: Whole) -> int:
    """How many distinct numbers there are, which begin at 0 and leave few out."""
    return int(np.count_nonzero(np.bincount(numbers)))


def joined(first: Whole, second: Whole) -> Whole:
    """One column behind another."""
    return np.concatenate((first, second))


def later(first: Whole, second: Whole) -> Whole:
    """The later of two times in each row; NEVER where either is."""
    found: Whole = np.maximum(first, second)
    return found


def sums(values: Whole, groups: Whole, count: int) -> list[int]:
    """The sum of each group, numbered from 0."""
    found = [0] * count
    for begin in range(0, len(values), _MOST):
        part, of = values[begin : begin + _MOST], groups[begin : begin + _MOST]
        high = np.bincount(of, weights=part >> _HALF, minlength=count)
        low = np.bincount(of, weights=part & ((1 << _HALF) - 1), minlength=count)
        for group in np.flatnonzero((high != 0) | (low != 0)).tolist():
            found[group] += (int(high[group]) << _HALF) + int(low[group])
    return found


def counts(groups: Whole, count: int) -> list[int]:
    """How many rows each group has."""
    found: list[int] = np.bincount(groups, minlength=count).tolist()
    return found


def earliest(values: Whole, groups: Whole, count: int) -> list[int]:
    """The least value of each group, NEVER of an empty one."""
    found = np.full(count, NEVER, dtype=np.int64)
    np.minimum.at(found, groups, values)
    told: list[int] = found.tolist()
    return told


def last_of(groups: Whole, times: Whole) -> Whole:
    """For each row the row of its group with the last time."""
    order = np.lexsort((times, groups))
    sorted_groups = groups[order]
    last = np.append(sorted_groups[1:] != sorted_groups[:-1], True)
    ends = np.flatnonzero(last)
    found = np.empty(len(groups), dtype=np.int64)
    found[order] = order[ends[np.searchsorted(ends, np.arange(len(groups)))]]
    return found
