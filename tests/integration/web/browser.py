"""What asks the web as a browser does, and reads the pages it gets."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append((tag, told))
        if tag == "a" and told.get("href"):
            self.links.append(str(told["href"]))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, its headers by lower-case name, its body, and what is to be kept."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    @property
    def html(self) -> str:
        return self.body.decode()

    @property
    def page(self) -> _Page:
        """The page as a parser sees it."""
        read = _Page()
        read.feed(self.html)
        return read

    @property
    def text(self) -> str:
        """What a person reads, with single spaces."""
        return " ".join("".join(self.page.words).split())

    @property
    def links(self) -> list[str]:
        return self.page.links

    def json(self) -> Any:  # noqa: ANN401 - whatever the document holds
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Browser:
    """Asks one address; a path goes out exactly as it is written."""

    address: str
    headers: dict[str, str] = field(default_factory=dict)

    def get(
        self, path: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> Answer:
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        try:
            connection.request(method, path, body, headers={**self.headers, **headers})
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            kept = tuple(answer.headers.get_all("set-cookie", ()))
            return Answer(answer.status, told, answer.read(), kept)
        finally:
            connection.close()
