"""What a person who searches means: a package's name, `name@version`, a purl, a vulnerability."""

from __future__ import annotations

import re
from collections.abc import Callable

from packageurl import PackageURL

from watcher.domain.errors import UsageError
from watcher.ports.store.views import ListedPackage, Search

_LONGEST = 512
_WORD = re.compile(r"[A-Za-z0-9]+")

Accepts = Callable[[ListedPackage], bool]


def parse_search(text: str) -> Search:
    """Read the text as it is, without wildcards; raises UsageError where nothing can be meant.

    A bare name means every package whose name contains it. In `name@version` the name is whole, or
    whole behind the last `/` or `:`. A purl may leave out version and qualifiers.
    """
    wanted = text.strip()
    if not wanted or len(wanted) > _LONGEST or not wanted.isprintable():
        raise UsageError(
            f"nothing can be searched by {text[:40]!r}: give a package's name, name@version, a "
            "package URL or a vulnerability's id"
        )
    if wanted.lower().startswith("pkg:"):
        return _by_purl(f"pkg:{wanted[4:]}")
    name, _, version = wanted.rpartition("@")
    if name and version:
        return Search(wanted, name, in_purl=False, accepts=_named(name.lower(), version))
    return Search(wanted, wanted, in_purl=False, accepts=_containing(wanted.lower()))


def _containing(fragment: str) -> Accepts:
    return lambda listed: fragment in listed.name.lower()


def _named(name: str, version: str) -> Accepts:
    def accepts(listed: ListedPackage) -> bool:
        known = listed.name.lower()
        same = known == name or known.endswith((f"/{name}", f":{name}"))
        return same and version in _versions(listed)

    return accepts


def _versions(listed: ListedPackage) -> set[str]:
    """A version with its epoch, as Trivy shows it, and without, as purls write it."""
    without_epoch = re.sub(r"^[0-9]+:", "", listed.version)
    return {listed.version, without_epoch}


def _by_purl(text: str) -> Search:
    wanted = _read(text)
    if wanted is None:
        raise UsageError(
            f"{text!r} is no package URL, such as pkg:deb/debian/openssl or pkg:npm/lodash@4.17.20"
        )
    fragment = max(_WORD.findall(wanted.name), key=len, default="")

    def accepts(listed: ListedPackage) -> bool:
        found = _read(listed.purl)
        return found is not None and _means(wanted, found)

    return Search(text, fragment, in_purl=True, accepts=accepts)


def _means(wanted: PackageURL, found: PackageURL) -> bool:
    same = (wanted.type, wanted.namespace, wanted.name) == (found.type, found.namespace, found.name)
    return (
        same
        and wanted.version in {None, found.version}
        and wanted.qualifiers.items() <= found.qualifiers.items()
        and wanted.subpath in {None, found.subpath}
    )


def _read(text: str) -> PackageURL | None:
    try:
        return PackageURL.from_string(text)
    except ValueError:
        return None
