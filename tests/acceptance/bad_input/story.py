"""What happens to the small fleet, as days from its midnight.

On day 0 all is well. A database that tells of curl and withdraws jinja is published before day 1,
whose pass is the one that tests disturb; day 2 follows on a world that is well again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.acceptance.month.advisories import CURL, JINJA, OPENSSL, news
from tests.acceptance.month.fleet import (
    NEW_OPENSSL,
    OLD_CURL,
    OLD_JINJA,
    OLD_OPENSSL,
    Fleet,
    python,
)
from watcher.demo.workshop import Artifact, trivy_database

START = datetime(2026, 3, 2, tzinfo=UTC)
API, WEB, NEW = ("shop/api", "latest"), ("shop/web", "latest"), ("data/ingest", "latest")
_IMAGES = Fleet(START)
API_IMAGE = _IMAGES.debian(OLD_OPENSSL, python(OLD_JINJA), -20)
REBUILT_API = _IMAGES.debian(NEW_OPENSSL, python(OLD_JINJA), 0.5)
WEB_IMAGE = _IMAGES.alpine(OLD_CURL, [], -12)
NEW_IMAGE = _IMAGES.alpine(OLD_CURL, python(OLD_JINJA), 0.5)


def day(number: float) -> datetime:
    """A time, as days from the story's midnight."""
    return START + timedelta(days=number)


def written(at: datetime) -> str:
    """A time as options take it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def database(updated: float, *told: str) -> Artifact:
    """A database of that day which tells of these vulnerabilities."""
    said = news(START, updated, *told)
    return trivy_database(said.advisories, said.details, updated_at=day(updated)).artifact()


FIRST, SECOND = database(-0.25, OPENSSL, JINJA), database(0.75, OPENSSL, CURL)
