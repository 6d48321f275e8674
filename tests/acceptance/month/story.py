"""The story of a month: a month in the life of six repositories, in ten passes."""

from __future__ import annotations

from datetime import datetime

from tests.acceptance.month.advisories import CURL, EXPAT, JINJA, OPENSSL, SEMVER, news
from tests.acceptance.month.fleet import (
    NEW_CURL,
    NEW_JINJA,
    NEW_OPENSSL,
    OLD_CURL,
    OLD_JINJA,
    OLD_OPENSSL,
    Fleet,
    node,
    python,
)
from watcher.demo.story import Chapter, Story

API = ("shop/api", "latest")
INGEST = ("data/ingest", "latest")
GATEWAY = ("pay/gateway", "latest")
CRON = ("ops/cron", "stable")

OWNERS = {"shop/**": "shop", "data/**": "data", "pay/**": "pay", "ops/**": "ops"}


def first_month(start: datetime) -> Story:
    """Tell the story from the midnight `start` on."""
    fleet = Fleet(start)
    first_api = fleet.debian(OLD_OPENSSL, python(OLD_JINJA), -20)
    chapters = (
        Chapter(
            0,
            "the first pass over what is there",
            {
                API: first_api,
                ("shop/web", "1.0.0"): fleet.debian(NEW_OPENSSL, node("7.5.1"), -10),
                INGEST: fleet.alpine(OLD_CURL, python(OLD_JINJA), -12),
                ("data/loader", "0.9"): fleet.alpine(OLD_CURL, node("7.6.0"), -8),
                GATEWAY: fleet.debian(OLD_OPENSSL, node("7.6.0"), -40),
                CRON: fleet.debian(OLD_OPENSSL, [], -25),
            },
            news=news(start, -0.25, OPENSSL, JINJA),
        ),
        Chapter(
            3,
            "curl on Alpine: disclosed half a day ago; data/loader 0.10 comes out without the fix",
            {("data/loader", "0.10"): fleet.alpine(OLD_CURL, node("7.6.2"), 2.9)},
            news=news(start, 2.75, OPENSSL, JINJA, CURL),
        ),
        Chapter(
            6,
            "shop rebuilds its api on the new openssl; expat has no fix yet",
            {API: fleet.debian(NEW_OPENSSL, python(OLD_JINJA), 5.9)},
            news=news(start, 5.75, OPENSSL, JINJA, CURL, EXPAT),
        ),
        Chapter(
            9,
            "the registry is down; semver is disclosed",
            news=news(start, 8.75, OPENSSL, JINJA, CURL, EXPAT, SEMVER),
            registry_down=True,
        ),
        Chapter(
            12,
            "data has fixed curl meanwhile; shop/web 1.1.0 keeps the old semver",
            {
                INGEST: fleet.alpine(NEW_CURL, python(OLD_JINJA), 10),
                ("shop/web", "1.1.0"): fleet.debian(NEW_OPENSSL, node("7.5.1"), 11.5),
            },
        ),
        Chapter(15, "shop rolls its api back", {API: first_api}),
        Chapter(
            18,
            "ops deletes its tag; shop/web 2.0.0 opens a new line",
            {("shop/web", "2.0.0"): fleet.debian(NEW_OPENSSL, node("7.6.0"), 17)},
            deletes=(CRON,),
        ),
        Chapter(
            21,
            "the database withdraws what it said of expat",
            news=news(start, 20.75, OPENSSL, JINJA, CURL, SEMVER),
        ),
        Chapter(
            24,
            "shop rolls forward again, with a new Jinja",
            {API: fleet.debian(NEW_OPENSSL, python(NEW_JINJA), 23)},
        ),
        Chapter(
            27,
            "shop/web 1.1.1 fixes semver in the old line",
            {("shop/web", "1.1.1"): fleet.debian(NEW_OPENSSL, node("7.5.4"), 26.5)},
        ),
    )
    return Story(chapters, OWNERS)
