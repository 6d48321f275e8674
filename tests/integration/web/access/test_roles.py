"""What only some roles may: ask for a pass, see and end the tokens of others."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from tests.integration.web.access.conftest import House
from tests.integration.web.browser import Answer
from watcher.domain.access import Grant, Role
from watcher.ports.store.tokens import ApiToken

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def sent(at: House, sub: str, path: str, **fields: str) -> Answer:
    """The answer to a form that somebody sent from a page of theirs."""
    page = at.seen(sub, "/streams")
    proof = re.search(r'name="csrf" value="([^"]+)"', page.html)
    assert proof is not None
    body = urlencode({"csrf": proof[1], **fields})
    return at.web.get(path, "POST", body, Cookie=at.sessions[sub], **FORM)


@pytest.mark.parametrize(("sub", "status"), [("ann", 403), ("olga", 303), ("ada", 303)])
def test_an_operator_may_ask_for_a_pass(at: House, sub: str, status: int) -> None:
    at.app.calls.answered(at.app.calls.waiting(10))
    assert ("Look at everything now" in at.seen(sub, "/coverage").text) is (status == 303)
    answer = sent(at, sub, "/passes")
    assert answer.status == status
    asked = {one.key for one in at.app.calls.waiting(10)}
    assert asked == ({"schedule:knowledge", "schedule:inventory"} if status == 303 else set())
    if status == 303:
        assert "was asked for" in at.seen(sub, answer.headers["location"]).text


def test_a_pass_is_asked_for_by_a_form_of_ours_alone(at: House) -> None:
    at.app.calls.answered(at.app.calls.waiting(10))
    at.seen("olga", "/streams")
    forged = at.web.get("/passes", "POST", "csrf=x", Cookie=at.sessions["olga"], **FORM)
    assert (forged.status, at.app.calls.waiting(10)) == (403, [])
    assert at.seen("olga", "/passes").status in {404, 405}


def test_an_admin_sees_tokens_and_ends_them(at: House) -> None:
    grant = Grant(Role.VIEWER, frozenset({"shop"}))
    at.app.tokens.add("e" * 64, ApiToken("for-ci", grant, at.now()))
    page = at.seen("ada", "/tokens")
    assert page.status == 200
    assert all(word in page.text for word in ("for-ci", "viewer", "shop"))
    assert "e" * 64 not in page.html
    assert sent(at, "ada", "/tokens/revoke", name="for-ci").status == 303
    assert "revoked" in at.seen("ada", "/tokens").text
    assert sent(at, "ada", "/tokens/revoke", name="for-ci").status == 404


@pytest.mark.parametrize("sub", ["ann", "olga"])
def test_nobody_else_does(at: House, sub: str) -> None:
    assert at.seen(sub, "/tokens").status == 403
    assert sent(at, sub, "/tokens/revoke", name="x").status == 403
    assert "Tokens" not in at.seen(sub, "/streams").text
