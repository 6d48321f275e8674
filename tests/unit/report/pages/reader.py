"""A page as a reader gets it: its elements in order, its tables, its text; nothing is guessed."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "hr", "img"}


@dataclass
class Element:
    """An element with its attributes, and what stands in it."""

    tag: str
    attributes: dict[str, str | None]
    within: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text, with spaces as they are shown."""
        return " ".join(self._text().split())

    def _text(self) -> str:
        apart = " " if self.tag in {"td", "th", "dd", "dt", "p", "li", "tr", "div"} else ""
        inner = "".join(one if isinstance(one, str) else one._text() for one in self.within)
        return f"{apart}{inner}{apart}"

    def all(self, tag: str) -> list[Element]:
        """All elements of a kind below this one, in their order."""
        found = []
        for one in self.within:
            if isinstance(one, Element):
                found += [one] if one.tag == tag else []
                found += one.all(tag)
        return found

    def rows(self) -> list[list[str]]:
        """The texts of a table's cells."""
        cells = [[one for one in row.within if isinstance(one, Element)] for row in self.all("tr")]
        return [[one.text for one in row] for row in cells]


class Reader(HTMLParser):
    """Builds the tree; an element left open or closed twice is an error."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.path = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = Element(tag, dict(attrs))
        assert len(one.attributes) == len(attrs), f"an attribute twice on {tag}"
        self.path[-1].within.append(one)
        if tag not in VOID:
            self.path.append(one)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.path[-1].within.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.path[-1].tag == tag, f"</{tag}> ends <{self.path[-1].tag}>"
        self.path.pop()

    def handle_data(self, data: str) -> None:
        self.path[-1].within.append(data)


def read(page: str) -> Element:
    """Read a whole page."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.path == [reader.root], "an element is left open"
    return reader.root


def section(page: str, heading: str) -> Element:
    """The section whose heading begins so."""
    (found,) = [
        one
        for one in read(page).all("section")
        if one.all("h2") and one.all("h2")[0].text.startswith(heading)
    ]
    return found


def every(root: Element) -> list[Element]:
    """All elements below, in their order."""
    below = [one for one in root.within if isinstance(one, Element)]
    return [found for one in below for found in (one, *every(one))]
