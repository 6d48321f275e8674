"""`/tokens`: which tokens hold, for admins, who may end any of them."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from watcher.report.tokens import document
from watcher.web import answers
from watcher.web.access.forms import Form
from watcher.web.access.person import Admin
from watcher.web.addresses import Addresses
from watcher.web.site import Site

_LOG: Final = logging.getLogger(__name__)


def routes(site: Site) -> APIRouter:
    """The page's routes."""
    router = APIRouter(include_in_schema=False)

    @router.get("/tokens")
    def tokens(who: Admin) -> Response:
        listed = document(site.app.tokens.listed(), site.now())["tokens"]
        return answers.page("tokens", {"who": who, "at": Addresses(), "tokens": listed})

    @router.post("/tokens/revoke")
    def revoke(who: Admin, form: Form) -> Response:
        name = form.get("name", "")
        if not site.app.tokens.revoke(name, site.now().replace(microsecond=0)):
            raise HTTPException(HTTPStatus.NOT_FOUND, "No token of this name holds.")
        _LOG.info("%s revoked the token %s", ascii(who.name), ascii(name))
        return RedirectResponse("/tokens", HTTPStatus.SEE_OTHER)

    return router
