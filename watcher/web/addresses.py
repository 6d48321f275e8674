"""Addresses of pages: names from outside become paths that lead back to the same names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

_DOTS = {"", ".", ".."}  # segments that browsers and proxies take out of a path
Asked = Iterable[tuple[str, str | int | None]]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Links from a page, all of which keep to the time that the page is about, where one is."""

    as_of: str | None = None

    def page(self, path: str, asked: Asked = ()) -> str:
        """The address of a page with what is asked of it; empty answers are left out."""
        told = [(name, str(value)) for name, value in asked if value not in {None, ""}]
        if self.as_of:
            told.append(("as_of", self.as_of))
        return f"{path}?{urlencode(told)}" if told else path

    def stream(self, name: str, platform: str | None = None) -> str:
        """The page of a stream, of one platform of it, or of all streams below a path."""
        return self.page(f"/streams/{named(f'{name}@{platform}' if platform else name)}")

    def image(self, repository: str, digest: str) -> str:
        """The page of an image."""
        return self.page(f"/images/{named(f'{repository}@{digest}')}")

    def vulnerability(self, name: str) -> str:
        """The page of a vulnerability; one whose id no path can hold is searched instead."""
        if name in _DOTS:
            return self.find(name)
        return self.page(f"/vulnerabilities/{named(name)}")

    def exposures(self, **asked: str) -> str:
        """The list of windows under filters."""
        return self.page("/exposures", asked.items())

    def find(self, text: str) -> str:
        """A search."""
        return self.page("/find", [("q", text)])


def named(name: str) -> str:
    """A name as the end of a path, in which only slashes between plain segments stay slashes."""
    plain = _DOTS.isdisjoint(name.split("/"))
    return quote(name, safe="/:@" if plain else ":@", errors="replace")
