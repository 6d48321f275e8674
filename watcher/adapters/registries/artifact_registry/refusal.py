"""Errors as Google's APIs give them, in the words of watcher (https://google.aip.dev/193)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from watcher.adapters.distribution.document import shown
from watcher.adapters.http import Answer
from watcher.adapters.http.failure import of_status, pause, waiting
from watcher.adapters.registries.artifact_registry.api import UnacceptableError
from watcher.domain.errors import (
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
    WatcherError,
)

_PERMISSION = re.compile(r"artifactregistry\.[A-Za-z]+\.[A-Za-z]+")
_SECONDS = re.compile(r"(\d{1,6}(?:\.\d{1,9})?)s")
_LATER = {"UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "ABORTED", "CANCELLED", "UNKNOWN"}
_DENIED = {"DENIED", "UNAUTHORIZED"}  # of the OCI Distribution specification
_KINDS: dict[str, tuple[type[PermanentError], str]] = {
    "UNAUTHENTICATED": (UnauthorizedError, "the access token is refused"),
    "NOT_FOUND": (NotFoundError, "there is no such thing"),
    "UNIMPLEMENTED": (PermanentError, "no Artifact Registry answers there; correct the endpoint"),
}
_NEEDED = {
    "repositories": "artifactregistry.repositories.list",
    "dockerImages": "artifactregistry.dockerimages.list",
}
_PULLING = "artifactregistry.repositories.downloadArtifacts"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of the API: a google.rpc.Code by name, and what is said of it.

    `reason` and `about` are those of an ErrorInfo, `retry_after` (seconds) that of a RetryInfo.
    """

    status: str
    message: str = ""
    reason: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    retry_after: float | None = None

    @property
    def permission(self) -> str:
        """The permission that is missing, as far as that is said."""
        found = _PERMISSION.search(self.about.get("permission", "")) or _PERMISSION.search(
            self.message
        )
        return found[0] if found else ""

    def error(self, asked: str, needed: str) -> WatcherError:
        """The error of watcher; `needed` is the permission that what was asked takes."""
        if self.status == "PERMISSION_DENIED":
            return UnauthorizedError(f"{asked}: {self._denied(needed)}")
        if self.status == "RESOURCE_EXHAUSTED":
            quota = f"the quota is used up ({shown(self.message)})"
            told = f"{quota}; a lower rate helps{waiting(self.retry_after)}"
            return RateLimitedError(f"{asked}: {told}", self.retry_after)
        if self.status in _LATER:
            trouble = f"{self.status} ({shown(self.message)}){waiting(self.retry_after)}"
            return TransientError(f"{asked}: {trouble}", self.retry_after)
        kind, text = _KINDS.get(self.status, (UnacceptableError, "it is not accepted"))
        return kind(f"{asked}: {text} ({shown(self.status)}, {shown(self.message)})")

    def _denied(self, needed: str) -> str:
        if self.reason == "SERVICE_DISABLED":
            where = shown(self.about.get("consumer", "the project"))
            command = "gcloud services enable artifactregistry.googleapis.com"
            return f"the API is not enabled in {where}; run {command}"
        if self.reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
            return "the credentials lack the scope cloud-platform; renew them with it"
        if self.reason in {"", "IAM_PERMISSION_DENIED"}:
            return (
                f"the permission {self.permission or needed} is missing; grant it, as"
                " roles/artifactregistry.reader has it, or correct project and location"
            )
        return f"{shown(self.reason)}, {shown(self.message)}"


def failing(answer: Answer) -> WatcherError:
    """Translate a status that nobody expected: of the API, or of the registry under /v2/."""
    path = urlsplit(answer.url).path
    refusal = read_refusal(answer)
    if refusal is not None:
        return refusal.error(answer.asked, needed_for(path))
    if answer.status == HTTPStatus.FORBIDDEN and path.startswith("/v2/"):
        # The answer to a HEAD has no body that could say so.
        return Refusal("PERMISSION_DENIED").error(answer.asked, needed_for(path))
    if answer.status == HTTPStatus.NOT_FOUND and not path.startswith("/v2/"):
        return PermanentError(
            f"{answer.asked}: 404, and not from Artifact Registry; correct the endpoint"
        )
    return of_status(answer)


def needed_for(path: str) -> str:
    """The permission that a path of the API takes, or one under /v2/."""
    return _NEEDED.get(path.rpartition("/")[2], _PULLING)


def read_refusal(answer: Answer) -> Refusal | None:
    """Read the body of an error; None where it is none of Google's."""
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    if answer.status == HTTPStatus.FORBIDDEN and (said := _denial(document)) is not None:
        return Refusal("PERMISSION_DENIED", said)
    error = document.get("error")
    if not isinstance(error, dict) or not isinstance(error.get("status"), str):
        return None
    about = _detail(error, "google.rpc.ErrorInfo")
    metadata = about.get("metadata")
    delay = _SECONDS.fullmatch(str(_detail(error, "google.rpc.RetryInfo").get("retryDelay", "")))
    return Refusal(
        error["status"],
        str(error.get("message", "")),
        str(about.get("reason", "")),
        {str(key): str(value) for key, value in metadata.items()}
        if isinstance(metadata, dict)
        else {},
        float(delay[1]) if delay else pause(answer),
    )


def _denial(document: Mapping[str, object]) -> str | None:
    """The message of a refusal in the words of the OCI Distribution specification."""
    errors = document.get("errors")
    for one in errors if isinstance(errors, list) else ():
        if isinstance(one, dict) and one.get("code") in _DENIED:
            return str(one.get("message", ""))
    return None


def _detail(error: Mapping[str, object], kind: str) -> Mapping[str, object]:
    details = error.get("details")
    for one in details if isinstance(details, list) else ():
        if isinstance(one, dict) and str(one.get("@type", "")).endswith(f"/{kind}"):
            return one
    return {}
