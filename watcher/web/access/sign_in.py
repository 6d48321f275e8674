"""`/sign-in`: people are sent to the provider, come back, and are known; `/sign-out` ends that."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from watcher.config.web import Oidc
from watcher.domain.errors import PermanentError, TransientError, UnauthorizedError
from watcher.ports.sign_in import Sent, SignIn
from watcher.web import answers
from watcher.web.access.claims import grant_of, name_of
from watcher.web.access.cookies import Sessions, UnderWay
from watcher.web.access.door import SIGN_IN, client, led_back, too_often
from watcher.web.access.forms import Form
from watcher.web.access.pace import Pace
from watcher.web.access.person import Person

BACK: Final = f"{SIGN_IN}/back"
_LOG: Final = logging.getLogger(__name__)
_NOT_BEGUN: Final = (
    "This sign-in was not begun in this browser, or longer than ten minutes ago: begin it again."
)
_AWAY: Final = "The provider cannot be asked now: try again in a moment."
_WRONG: Final = "Sign-in is not set up as the provider expects it; the log of watcher says why."


@dataclass(frozen=True, slots=True)
class Reception:
    """Where people sign in. `origin` is the address that browsers show; None for whatever it is."""

    provider: SignIn
    told: Oidc
    sessions: Sessions
    under_way: UnderWay
    pace: Pace
    now: Callable[[], datetime]
    origin: str | None

    def back(self, request: Request) -> str:
        """Where the provider sends people back to."""
        host = request.headers["host"]
        return f"{self.origin or f'http://{host}'}{BACK}"

    def begin(self, request: Request, to: str) -> Response:
        """Send somebody to the provider."""
        sent = Sent(*(secrets.token_urlsafe(32) for _ in range(3)))
        try:
            address = self.provider.address(sent, self.back(request))
        except (TransientError, PermanentError) as error:
            return _failed(error)
        answer = RedirectResponse(address, HTTPStatus.SEE_OTHER)
        self.under_way.put(answer, sent, to, self.now())
        return answer

    def arrive(self, request: Request, state: str, code: str, error: str) -> Response:
        """Let somebody in who comes back from the provider."""
        begun = self.under_way.begun(request.headers.get("cookie", ""), self.now())
        if begun is None or not secrets.compare_digest(begun[0].state.encode(), state.encode()):
            return _turned_away(HTTPStatus.BAD_REQUEST, _NOT_BEGUN)
        if error or not code:
            return _turned_away(HTTPStatus.FORBIDDEN, _said(error))
        try:
            claims = self.provider.claims(begun[0], code, self.back(request))
        except (TransientError, PermanentError) as failed:
            return _failed(failed)
        name, grant = name_of(claims), grant_of(claims, self.told)
        if grant is None:
            line = (
                f"{name} has no role here: the claim {self.told.roles_claim} names none that "
                "watcher knows. Ask whoever runs it."
            )
            return _turned_away(HTTPStatus.FORBIDDEN, line)
        answer = RedirectResponse(begun[1], HTTPStatus.SEE_OTHER)
        person = Person(name, grant, secrets.token_urlsafe(32))
        if not self.sessions.put(answer, person, self.now()):
            line = f"{name} has too many teams for a browser to keep: name fewer of them."
            return _turned_away(HTTPStatus.FORBIDDEN, line)
        self.under_way.end(answer)
        return answer


def routes(reception: Reception) -> APIRouter:
    """The routes of sign-in and sign-out."""
    router = APIRouter(include_in_schema=False)
    pace = reception.pace

    @router.get(SIGN_IN)
    def sign_in(to: str | None = None, out: str | None = None) -> Response:
        lead = led_back(to)
        told = {
            "issuer": urlsplit(reception.told.issuer).hostname or "",
            "begin": f"{SIGN_IN}/begin?to={quote(lead, safe='')}",
            "out": out is not None,
        }
        return answers.page("sign-in", told)

    @router.get(f"{SIGN_IN}/begin")
    def begin(request: Request, to: str | None = None) -> Response:
        wait = pace.wait(client(request.scope))
        return too_often(SIGN_IN, wait) if wait else reception.begin(request, led_back(to))

    @router.get(BACK)
    def back(request: Request, state: str = "", code: str = "", error: str = "") -> Response:
        wait = pace.wait(client(request.scope))
        return too_often(SIGN_IN, wait) if wait else reception.arrive(request, state, code, error)

    @router.post("/sign-out")
    def sign_out(form: Form) -> Response:
        del form
        answer = RedirectResponse(f"{SIGN_IN}?out", HTTPStatus.SEE_OTHER)
        reception.sessions.end(answer)
        return answer

    return router


def _said(error: str) -> str:
    """What a provider says instead of a code, as far as it is one of its words."""
    word = error[:40]
    told = f": {word}" if word and word.replace("_", "").isalnum() and word.isascii() else ""
    return f"The provider did not vouch for you{told}."


def _failed(error: TransientError | PermanentError) -> Response:
    _LOG.warning("sign-in: %s", error)
    if isinstance(error, UnauthorizedError):
        line = "What the provider sent proves nobody: begin again."
        return _turned_away(HTTPStatus.FORBIDDEN, line)
    if isinstance(error, TransientError):
        return _turned_away(HTTPStatus.SERVICE_UNAVAILABLE, _AWAY)
    return _turned_away(HTTPStatus.BAD_GATEWAY, _WRONG)


def _turned_away(status: HTTPStatus, line: str) -> Response:
    return answers.page("turned-away", {"line": line, "again": SIGN_IN}, status)
