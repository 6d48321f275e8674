"""Calls to Gitea's API as people and scripts make them, apart from what is under test."""

from __future__ import annotations

import json
from typing import Any

import requests


class CallError(Exception):
    """Gitea refused a call."""


class Caller:
    """Whoever calls, by a token or with a password."""

    def __init__(
        self, url: str, token: str | None = None, basic: tuple[str, str] | None = None
    ) -> None:
        self.token = token
        self._api = f"{url}/api/v1"
        self._basic = basic

    def ask(self, method: str, path: str, told: object = None) -> Any:  # noqa: ANN401 - JSON
        """Ask; raises CallError for a refusal."""
        headers = {"Authorization": f"token {self.token}"} if self.token else {}
        answer = requests.request(
            method,
            f"{self._api}{path}",
            json=told,
            headers=headers,
            auth=self._basic,
            timeout=30,
            allow_redirects=False,
        )
        if not answer.ok:
            raise CallError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return json.loads(answer.content) if answer.content else None
