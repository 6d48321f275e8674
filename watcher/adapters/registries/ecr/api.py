"""Calls of ECR's API in one region as one identity: complete answers, or errors of watcher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore import xform_name
from botocore.parsers import ResponseParserError

from watcher.adapters.registries.ecr.failure import FAILURES, UNREADABLE, is_stale, of_failure
from watcher.adapters.registries.ecr.pages import Answer
from watcher.adapters.registries.ecr.sdk import Sdk
from watcher.adapters.registries.ecr.sites import Site
from watcher.domain.errors import WatcherError


@dataclass(frozen=True, slots=True)
class Api:
    """One site's API; `name` is the registry's in the configuration. Used from several threads."""

    name: str
    site: Site
    sdk: Sdk

    def asked(self, operation: str, subject: str = "") -> str:
        """What is asked, fit for an error message."""
        return f"{self.name} in {self.site}: {operation}{f' of {subject}' if subject else ''}"

    def ask(self, operation: str, subject: str = "", /, **parameters: object) -> Answer:
        """Ask, once more with credentials read anew where they were refused.

        `operation` is as AWS writes it, `subject` the repository. Raises TransientError,
        PermanentError and their kinds: NotFoundError where AWS says that a repository or an image
        is not there, UnauthorizedError with the action that is denied.
        """
        try:
            return self._ask(operation, parameters)
        except WatcherError:
            raise
        except FAILURES as error:
            failed = of_failure(error, self.asked(operation, subject), f"ecr:{operation}")
        # Raised out here, so that what the SDK said, secrets and all, is not chained to it.
        raise failed

    def _ask(self, operation: str, parameters: Mapping[str, object]) -> Answer:
        client = self.sdk.client(self.site.region, self.site.role)
        try:
            return _call(client, operation, parameters)
        except FAILURES as error:
            if not is_stale(error):
                raise
        self.sdk.forget(client)
        return _call(self.sdk.client(self.site.region, self.site.role), operation, parameters)


def _call(client: Any, operation: str, parameters: Mapping[str, object]) -> Answer:  # noqa: ANN401
    try:
        answer: Answer = getattr(client, xform_name(operation))(**parameters)
    except UNREADABLE as error:
        raise ResponseParserError from error
    return answer
