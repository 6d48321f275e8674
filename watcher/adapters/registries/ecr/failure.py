"""Failures of the SDK in the words of watcher: what was asked, what AWS said, what to do.

What AWS writes beside its codes is never shown whole: a wrong signature is answered with all that
was signed, session tokens included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from botocore import exceptions as sdk
from botocore.parsers import ResponseParserError

from watcher.adapters.distribution.document import shown
from watcher.adapters.http.failure import waiting
from watcher.domain.errors import (
    AttemptError,
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
    UnauthorizedError,
)

_ABSENT: Final = {
    "ImageNotFoundException",
    "LayersNotFoundException",
    "RepositoryNotFoundException",
}
_THROTTLED: Final = {
    "LimitExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
_DENIED: Final = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
# Keys that were good once, or never: whoever renews them does not tell us, so they are read anew.
_STALE: Final = {
    "ExpiredToken": "the session has expired: renew the credentials",
    "ExpiredTokenException": "the session has expired: renew the credentials",
    "InvalidClientTokenId": "AWS does not know the access key, or the region is not enabled",
    "UnrecognizedClientException": "AWS does not know the access key, or the region is not enabled",
}
_REFUSED: Final = {
    **_STALE,
    "IncompleteSignature": "AWS cannot read the signature: correct the access key",
    "IncompleteSignatureException": "AWS cannot read the signature: correct the access key",
    "InvalidSignatureException": "the secret access key is wrong: correct it",
    "MissingAuthenticationToken": "AWS sees no signature; a proxy may have taken it away",
    "MissingAuthenticationTokenException": "AWS sees no signature; a proxy may have taken it away",
    "OptInRequired": "the region is not enabled for the account: enable it, or remove it",
    "RegionDisabledException": "the region is not enabled for STS: enable it, or remove it",
    "SignatureDoesNotMatch": "the secret access key is wrong: correct it",
}
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
_SKEWED: Final = {"RequestExpired", "RequestTimeTooSkewed"}
_SKEW = re.compile(r"Signature (?:expired|not yet current)", re.IGNORECASE)
_ACTION = re.compile(r"perform: ([a-z0-9-]{1,64}:[A-Za-z]{1,64})")
_WHO = re.compile(r"User: (arn:[\w+=,.@/:-]{1,300})", re.ASCII)
_NO_IDENTITY = (
    sdk.NoCredentialsError,
    sdk.PartialCredentialsError,
    sdk.CredentialRetrievalError,
    sdk.InvalidConfigError,
    sdk.ConfigParseError,
    sdk.ProfileNotFound,
    sdk.SSOError,
    sdk.TokenRetrievalError,
    sdk.RefreshWithMFAUnsupportedError,
)
# What the SDK's parser raises over JSON of the wrong shape; they are its own, not ours.
UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, RecursionError)
FAILURES = (sdk.BotoCoreError, sdk.ClientError, ResponseParserError)
_SERVER_ERRORS: Final = 500
NO_AWS: Final = "this is no ECR: correct AWS_ENDPOINT_URL_ECR, or what lies on the way"
_TOO_MANY: Final = 429
_LONGEST_PAUSE: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class _Answer:
    """What AWS said no with."""

    code: str
    message: str
    status: int
    retry_after: float | None

    @classmethod
    def of(cls, error: sdk.ClientError) -> _Answer:
        told = error.response.get("Error", {})
        rest = error.response.get("ResponseMetadata", {})
        pause = str(rest.get("HTTPHeaders", {}).get("retry-after", ""))
        return cls(
            code=str(told.get("Code", "")),
            message=str(told.get("Message", "")),
            status=int(rest.get("HTTPStatusCode", 0)),
            retry_after=min(float(pause[:12]), _LONGEST_PAUSE) if pause.isdecimal() else None,
        )


def is_stale(error: Exception) -> bool:
    """Tell whether other credentials may have taken the place of those that were refused."""
    return isinstance(error, sdk.ClientError) and _Answer.of(error).code in _STALE


def of_failure(error: Exception, asked: str, action: str) -> AttemptError:
    """Translate what the SDK raised; `action` is what a policy has to allow, such as ecr:X."""
    if isinstance(error, sdk.ClientError):
        if error.operation_name == "AssumeRole":
            asked, action = f"{asked}: the role", "sts:AssumeRole"
        return _of_answer(_Answer.of(error), asked, action)
    if isinstance(error.__cause__, TransientError):
        return TransientError(f"{asked}: {error.__cause__}")
    if isinstance(error, _NO_IDENTITY):
        return UnauthorizedError(
            f"{asked}: no credentials ({type(error).__name__}); give the process some, as AWS's"
            " documentation describes it: a role, AWS_PROFILE, or keys in the environment"
        )
    if isinstance(error, sdk.HTTPClientError):
        return TransientError(f"{asked}: where credentials come from, nobody answers; asked again")
    if isinstance(error, ResponseParserError):
        return TransientError(f"{asked}: the answer cannot be read")
    return PermanentError(
        f"{asked}: the SDK refuses ({type(error).__name__}); correct the settings"
    )


def _of_answer(answer: _Answer, asked: str, action: str) -> AttemptError:
    code = answer.code
    what = f"{asked}: {shown(code)[1:-1]}"
    if code in _ABSENT:
        return NotFoundError(f"{what}; there is no such thing")
    if code in _THROTTLED or answer.status == _TOO_MANY:
        pause = answer.retry_after
        return RateLimitedError(f"{what}; a lower rate helps{waiting(pause)}", pause)
    reason = _refused(answer, action)
    if reason is not None:
        return UnauthorizedError(f"{what}; {reason}")
    if answer.status >= _SERVER_ERRORS:
        pause = answer.retry_after
        return TransientError(f"{what}; AWS is in trouble{waiting(pause)}", pause)
    if not code or code.isdecimal():
        # The SDK puts the status in the place of a code that no answer of AWS leaves out.
        return PermanentError(f"{asked}: {answer.status}; {NO_AWS}")
    return PermanentError(f"{what} ({answer.status}); AWS does not accept the request")


def _refused(answer: _Answer, action: str) -> str | None:
    if answer.code in _DENIED:
        return _denied(answer.message, action)
    if answer.code in _SKEWED or _SKEW.search(answer.message):
        return "this machine's clock is wrong by minutes: set it"
    return _REFUSED.get(answer.code)


def _denied(message: str, action: str) -> str:
    """Name who may not do what: the action as AWS has it, else the one that was tried."""
    who, denied = _WHO.search(message), _ACTION.search(message)
    named = denied[1] if denied else action
    blocked = "explicit deny" in message
    return (
        f"{who[1] if who else 'its identity'} may not {named}:"
        f" {'remove what denies it' if blocked else 'allow it'} in the policy"
    )
