"""Package URLs and version ranges, read with the libraries that know them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from packageurl import PackageURL

from watcher.domain.errors import PermanentError
from watcher.domain.vex import StatedPackage

_LONGEST_RANGE: Final = 500  # characters


def package_of(purl: str) -> StatedPackage:
    """Read a package URL; raises PermanentError where it is none."""
    try:
        read = PackageURL.from_string(purl)
    except ValueError as error:
        raise PermanentError(f"{purl[:120]!a} is no package URL ({error})") from None
    qualifiers = dict(read.qualifiers)
    return StatedPackage(read.type, read.namespace, read.name, read.version, qualifiers)


def check_range(text: str) -> str:
    """A version range in the notation of vers; raises PermanentError where it is none."""
    try:
        _range(text)
    except ValueError as error:
        raise PermanentError(f"{text[:120]!a} is no version range ({error})") from None
    return text


def in_range(version: str, text: str) -> bool:
    """Whether a version lies in a range; one that the range's ecosystem cannot read does not."""
    try:
        found = _range(text)
        return bool(found.version_class(version) in found)
    except (ValueError, TypeError, AttributeError):
        return False


@lru_cache(maxsize=1024)
def _range(text: str) -> Any:  # noqa: ANN401 - the library has no types to speak of
    # Here, because it takes a third of a second that nobody waits for who states no range.
    from univers.version_range import VersionRange  # noqa: PLC0415

    if len(text) > _LONGEST_RANGE:
        raise ValueError(f"it is longer than {_LONGEST_RANGE} characters")
    try:
        return VersionRange.from_string(text)
    except (AttributeError, TypeError, IndexError, KeyError) as error:
        raise ValueError(str(error) or type(error).__name__) from None
