"""The web over the small fleet, where people sign in with a real provider."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.integration.web.browser import Answer, Browser
from tests.integration.web.conftest import configured
from tests.servers.oidc import provider
from tests.servers.sqlite import copy_database
from watcher.bootstrap import App, build
from watcher.config import load
from watcher.web.access import setting
from watcher.web.access.pace import Pace
from watcher.web.application import make_application
from watcher.web.server import serving

PEOPLE = (
    {"sub": "ann", "email": "ann@shop.example", "roles": ["viewer"], "teams": ["shop"]},
    {"sub": "vic", "email": "vic@nowhere.example", "roles": ["viewer"]},
    {"sub": "olga", "email": "olga@ops.example", "roles": ["viewer", "operator"], "teams": ["x"]},
    {"sub": "ada", "name": "Ada <b>&amp;", "roles": ["admin"]},
    {"sub": "tramp", "email": "tramp@elsewhere.example", "roles": ["janitor"]},
)
AUTH = """\
web:
  auth:
    oidc: {{issuer: "{issuer}", client_id: watcher, client_secret: "a secret", teams_claim: teams}}
"""


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A provider that knows some people."""
    with provider(PEOPLE, tmp_path_factory.mktemp("oidc") / "log") as address:
        yield address


@dataclass(frozen=True, slots=True)
class House:
    """The web of a watcher where people sign in."""

    web: Browser
    app: App
    issuer: str
    sessions: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def now() -> datetime:
        """The time by which people are signed in."""
        return _now()

    def seen(self, sub: str, path: str) -> Answer:
        """What somebody sees who signed in once."""
        if sub not in self.sessions:
            self.sessions[sub] = self.arrived(sub)
        return self.web.get(path, Cookie=self.sessions[sub])

    def signed_in(self, sub: str) -> Browser:
        """A browser in which somebody has signed in."""
        cookies = self.arrived(sub)
        return Browser(self.web.address, {"Cookie": cookies})

    def arrived(self, sub: str) -> str:
        """The cookies of somebody who went to the provider and came back."""
        begun = self.web.get("/sign-in/begin?to=/streams")
        back = self.vouched(begun.headers["location"], sub)
        arrived = self.web.get(back, Cookie=cookie(begun))
        assert (arrived.status, arrived.headers["location"]) == (303, "/streams"), arrived.text
        return "; ".join(kept(arrived))

    def vouched(self, address: str, sub: str) -> str:
        """Where the provider sends somebody back to who says who that is."""
        at = urlsplit(address)
        asked = Browser(f"http://{at.netloc}")
        answer = asked.get(
            f"{at.path}?{at.query}",
            "POST",
            body=urlencode({"sub": sub}),
            **{"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert answer.status == 302, answer.html
        back = urlsplit(answer.headers["location"])
        return f"{back.path}?{back.query}"


def kept(answer: Answer) -> list[str]:
    """The cookies that an answer has a browser keep."""
    parts = (one.split(";")[0] for one in answer.cookies)
    return [one for one in parts if not one.endswith(('=""', "="))]


def cookie(answer: Answer) -> str:
    """The one cookie that an answer has a browser keep."""
    (only,) = kept(answer)
    return only


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the provider signs by the real clock


@contextmanager
def house(database: Path, told: str, issuer: str) -> Iterator[House]:
    """The web over a database with a part of a configuration."""
    file = configured(database)
    file.write_text(f"{file.read_text()}{told.format(issuer=issuer)}")
    with (
        build(load(file, {})) as app,
        serving(make_application(app, _now), "127.0.0.1", 0) as address,
    ):
        yield House(Browser(address), app, issuer)


@pytest.fixture(scope="session")
def _house(
    small_record: Path, tmp_path_factory: pytest.TempPathFactory, issuer: str
) -> Iterator[House]:
    database = tmp_path_factory.mktemp("house") / "watcher.db"
    copy_database(small_record, database)
    # So many sign in from one address here that it would be slowed down.
    patch = pytest.MonkeyPatch()
    patch.setattr(setting, "Pace", partial(Pace, burst=10_000))
    with house(database, AUTH, issuer) as one:
        patch.undo()
        yield one


@pytest.fixture
def at(_house: House) -> House:
    """The web of a watcher where people sign in."""
    return _house
