"""Showing who we are to the API, and once more where that was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from watcher.adapters.distribution import Login
from watcher.domain.errors import UnauthorizedError

Got = TypeVar("Got")


class RefusedError(Exception):
    """The API did not accept the token, or wants one; never leaves this folder."""


def identified(what: str, login: Login | None, ask: Callable[[str | None], Got]) -> Got:
    """Ask with the login's access token, once more with a renewed one where `ask` is refused.

    Raises UnauthorizedError where that is refused too.
    """
    if login is None:
        return _asked(ask, None, f"{what}: it wants credentials, and anonymous is set")
    given = login.current().password
    try:
        return ask(given)
    except RefusedError:
        renewed = login.current(renewed=True).password
    advice = f"{what}: the access token is refused; renew the application default credentials"
    if renewed == given:
        raise UnauthorizedError(advice)
    return _asked(ask, renewed, advice)


def _asked(ask: Callable[[str | None], Got], token: str | None, refused: str) -> Got:
    try:
        return ask(token)
    except RefusedError:
        raise UnauthorizedError(refused) from None
