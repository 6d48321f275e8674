"""Signing in and out: who is let in, and what is said to those who are not."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.integration.web.access.conftest import AUTH, House, cookie, house, kept
from tests.integration.web.browser import Answer, Browser
from tests.integration.web.conftest import configured
from tests.servers.sqlite import copy_database
from watcher.bootstrap import build
from watcher.config import load
from watcher.domain.errors import UsageError
from watcher.web.application import make_application

FORM = "application/x-www-form-urlencoded"
BACK = "/sign-in/back"


def csrf(page: Answer) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.html)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", ["/", "/exposures?q=%3Cb%3E&page=2", "/streams/local/a%23b"])
def test_a_page_leads_whoever_is_unknown_to_the_sign_in_and_back(at: House, path: str) -> None:
    answer = at.web.get(path)
    assert answer.status == 303
    told = urlsplit(answer.headers["location"])
    assert told.path == "/sign-in"
    (begin,) = [one for one in at.web.get(answer.headers["location"]).links if "begin" in one]
    assert parse_qs(urlsplit(begin).query)["to"] == parse_qs(told.query)["to"] == [path]


@pytest.mark.parametrize("path", ["/api/v1/streams", "/api/v1/openapi.json", "/api/v1/none"])
def test_the_api_asks_for_a_token(at: House, path: str) -> None:
    answer = at.web.get(path)
    assert (answer.status, answer.json()["schema"]) == (401, "watcher/error/1")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/static/watcher.css", "/sign-in"])
def test_what_tells_nothing_of_the_record_is_open(at: House, path: str) -> None:
    answer = at.web.get(path)
    assert answer.status in {200, 503}  # not ready: its last pass was long ago
    assert "location" not in answer.headers


def test_who_signs_in_is_led_back_and_named_and_may_sign_out(at: House) -> None:
    web = at.signed_in("olga")
    page = web.get("/exposures")
    assert page.status == 200
    assert "olga@ops.example" in page.text
    body = urlencode({"csrf": csrf(page)})
    out = web.get("/sign-out", "POST", body, **{"Content-Type": FORM})
    assert (out.status, out.headers["location"]) == (303, "/sign-in?out")
    assert kept(out) == []
    assert "Max-Age=0" in out.cookies[0]
    assert "Signed out" in at.web.get("/sign-in?out").text


def test_a_session_is_kept_from_scripts_and_from_other_sites(at: House) -> None:
    begun = at.web.get("/sign-in/begin")
    arrived = at.web.get(at.vouched(begun.headers["location"], "ada"), Cookie=cookie(begun))
    flags = [one.lower() for one in arrived.cookies if "Max-Age=0" not in one]
    assert len(flags) == 1
    assert all(word in flags[0] for word in ("httponly", "samesite=lax", "path=/", "max-age=28800"))


def test_behind_tls_cookies_are_secure_and_bound_to_the_host(
    small_record: Path, tmp_path: Path, issuer: str
) -> None:
    copy_database(small_record, tmp_path / "watcher.db")
    told = f"{AUTH}  url: https://watcher.example\n"
    with house(tmp_path / "watcher.db", told, issuer) as one:
        begun = one.web.get("/sign-in/begin", Host="watcher.example")
        assert begun.cookies[0].startswith("__Host-watcher-sign-in=")
        assert "secure" in begun.cookies[0].lower()
        asked = parse_qs(urlsplit(begun.headers["location"]).query)
        assert asked["redirect_uri"] == ["https://watcher.example/sign-in/back"]
        assert one.web.get("/sign-in", Host="evil.example").status == 421


def test_what_is_sent_to_the_provider_is_bound_to_this_browser(at: House) -> None:
    one, other = (at.web.get("/sign-in/begin").headers["location"] for _ in range(2))
    asked, again = (parse_qs(urlsplit(address).query) for address in (one, other))
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[name] != again[name]


def test_a_forged_or_missing_state_is_a_page_that_says_what_to_do(at: House) -> None:
    begun = at.web.get("/sign-in/begin")
    back = at.vouched(begun.headers["location"], "ann")
    state = parse_qs(urlsplit(back).query)["state"][0]
    forged = back.replace(state, "forged")
    tries = [
        at.web.get(forged, Cookie=cookie(begun)),
        at.web.get(back),  # in another browser
        at.web.get(back, Cookie=f"{cookie(begun)}x"),
        at.web.get(BACK, Cookie=cookie(begun)),
        at.web.get(f"{BACK}?state=%00&code=x", Cookie="watcher-sign-in=\xff"),
    ]
    for answer in tries:
        assert answer.status == 400
        assert "begin it again" in answer.text
        assert kept(answer) == []


def test_a_code_is_worth_one_sign_in(at: House) -> None:
    begun = at.web.get("/sign-in/begin")
    back = at.vouched(begun.headers["location"], "ann")
    assert at.web.get(back, Cookie=cookie(begun)).status == 303
    again = at.web.get(back, Cookie=cookie(begun))
    assert (again.status, kept(again)) == (403, [])
    assert "proves nobody" in again.text


def test_what_the_provider_refuses_is_said(at: House) -> None:
    begun = at.web.get("/sign-in/begin")
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    asked = urlencode({"state": state, "error": "access_denied"})
    answer = at.web.get(f"{BACK}?{asked}", Cookie=cookie(begun))
    assert answer.status == 403
    assert "did not vouch for you: access_denied" in answer.text
    odd = urlencode({"state": state, "error": "<script>"})
    assert "script" not in at.web.get(f"{BACK}?{odd}", Cookie=cookie(begun)).text


def test_who_has_no_role_is_told_so_and_not_let_in(at: House) -> None:
    begun = at.web.get("/sign-in/begin")
    answer = at.web.get(at.vouched(begun.headers["location"], "tramp"), Cookie=cookie(begun))
    assert answer.status == 403
    assert "tramp@elsewhere.example has no role here: the claim roles names none" in answer.text
    assert kept(answer) == []


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil", "x", "/sign-in/begin", "/a\nb", ""]
)
def test_nobody_is_led_elsewhere(at: House, to: str) -> None:
    (begin,) = [
        one for one in at.web.get(f"/sign-in?{urlencode({'to': to})}").links if "to=" in one
    ]
    assert begin == "/sign-in/begin?to=%2F"


def test_a_session_that_was_tampered_with_or_is_over_signs_nobody_in(at: House) -> None:
    session = at.arrived("ann")
    assert at.web.get("/streams", Cookie=session).status == 200
    for bad in (session[:-1], session.replace(".", "x."), "watcher=", "watcher=" + "a" * 9000):
        assert at.web.get("/streams", Cookie=bad).status == 303


@pytest.mark.parametrize(
    ("headers", "fields", "status"),
    [
        ({}, {}, 403),
        ({}, {"csrf": "guessed"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, None, 403),
        ({"Sec-Fetch-Site": "same-site"}, None, 403),
        ({"Content-Type": "application/json"}, None, 415),
        ({"Content-Length": "99999999"}, None, 413),
    ],
)
def test_a_form_that_is_not_ours_changes_nothing(
    at: House, headers: dict[str, str], fields: dict[str, str] | None, status: int
) -> None:
    web = at.signed_in("ada")
    told = {"csrf": csrf(web.get("/"))} if fields is None else fields
    answer = web.get("/sign-out", "POST", urlencode(told), **{"Content-Type": FORM, **headers})
    assert answer.status == status
    assert answer.cookies == ()


def test_an_unknown_browser_that_sends_a_form_is_told_to_sign_in(at: House) -> None:
    answer = at.web.get("/sign-out", "POST", "csrf=x", **{"Content-Type": FORM})
    assert answer.status == 401
    assert "sign in" in answer.text


def test_a_name_with_markup_is_shown_as_it_is(at: House) -> None:
    assert "Ada <b>&amp;" in at.signed_in("ada").get("/streams").text


def test_trying_again_and_again_is_slowed_down(
    small_record: Path, tmp_path: Path, issuer: str
) -> None:
    copy_database(small_record, tmp_path / "watcher.db")
    with house(tmp_path / "watcher.db", AUTH, issuer) as one:
        answers = [one.web.get(f"{BACK}?state=x&code=y") for _ in range(25)]
        assert [answer.status for answer in answers].count(400) in range(19, 23)
        assert answers[-1].status == 429
        assert int(answers[-1].headers["retry-after"]) > 0
        assert one.web.get("/sign-in").status == 200
    with house(tmp_path / "watcher.db", AUTH, issuer) as one:
        guesses = [
            one.web.get("/api/v1/streams", Authorization=f"Bearer {number}") for number in range(25)
        ]
        assert guesses[0].status == 401
        assert guesses[-1].status == 429


def test_a_provider_that_is_away_is_said_to_be(small_record: Path, tmp_path: Path) -> None:
    copy_database(small_record, tmp_path / "watcher.db")
    with house(tmp_path / "watcher.db", AUTH, "http://127.0.0.1:9") as one:
        answer = one.web.get("/sign-in/begin")
        assert answer.status == 503
        assert "cannot be asked now" in answer.text


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ('web: {{listen: "0.0.0.0:0"}}\n', "nobody has to sign in"),
        (f'{AUTH}  listen: "0.0.0.0:0"\n', "set web.url"),
        (f'{AUTH}  listen: "0.0.0.0:0"\n  url: "http://watcher.example"\n', "is not encrypted"),
    ],
)
def test_what_others_could_read_or_listen_to_does_not_start(
    small_record: Path, issuer: str, told: str, line: str
) -> None:
    file = configured(small_record)
    file.write_text(f"{file.read_text()}{told.format(issuer=issuer)}")
    with build(load(file, {})) as app, pytest.raises(UsageError, match=line) as refused:
        make_application(app, lambda: pytest.fail("nobody asked for the time"))
    assert "\n" not in str(refused.value)
    configured(small_record)


def test_health_is_asked_by_any_name_where_people_sign_in(at: House) -> None:
    assert at.web.get("/healthz", Host="10.1.2.3:8080").status == 200
    assert at.web.get("/streams", Host="10.1.2.3:8080").status == 421
    assert Browser(at.web.address).get("/metrics", Host="10.1.2.3:8080").status == 401
