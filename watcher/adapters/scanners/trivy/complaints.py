"""What Trivy says when it fails, as one clear line and one of our errors."""

from __future__ import annotations

import re
from typing import Final

from watcher.adapters.scanners.trivy.command import Outcome
from watcher.domain.errors import PermanentError, TransientError, UnauthorizedError, WatcherError

_LENGTH: Final = 300
_FATAL = re.compile(r"^\S+\t(?:FATAL|ERROR)\t", re.MULTILINE)
_CRASH = re.compile(r"^(?:panic|fatal error|unexpected fault address).*", re.MULTILINE)
# How `--debug` writes an error: a line for each layer, and below it where in the code that was.
_FRAMES = re.compile(r"\n {4,}\S[^\n]*")
_ITEMS = re.compile(r":?\n  - ")
_WASTE = re.compile(r"[\x00-\x20\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_USER = re.compile(r"//[^/\s@]+@")
# The names of its own layers, in which Trivy wraps the cause.
_LAYERS = re.compile(
    r"(?:Fatal error|(?:[a-z]+ )?(?:analysis|analyze|pipeline|run|scan|remote) error|scan failed|"
    r"failed analysis|unable to initialize [a-z ]+|\d+ errors? occurred|\*|"
    r'unable to find the specified image "[^"]*" in \[[^\]]*\]|'
    r"failed to analyze layer \([^)]*\)|unable to get uncompressed layer \S+|"
    r"failed to get the layer content \([^)]*\)|failed to detect vulnerabilities|"
    r"unable to scan OS packages|failed (?:vulnerability )?detection(?: of OS packages)?|"
    r"failed to scan)(?:: *| +)",
    re.IGNORECASE,
)

_TOO_LITTLE: Final = r"out of memory|cannot allocate memory"
_TRANSIENT = re.compile(
    r"deadline exceeded|timeout|timed out|connection (?:refused|reset)|no such host|"
    r"network is unreachable|no route to host|broken pipe|unexpected EOF|: EOF\b|"
    rf"{_TOO_LITTLE}|no space left|server misbehaving|UNAVAILABLE|"
    r"TOOMANYREQUESTS|too many requests|"
    r"status code:? (?:429|5\d\d)|\b5\d\d (?:Internal|Bad Gateway|Service|Gateway)",
    re.IGNORECASE,
)
_MEMORY = re.compile(_TOO_LITTLE, re.IGNORECASE)
_UNAUTHORIZED = re.compile(r"UNAUTHORIZED|DENIED|status code:? 40[13]\b", re.IGNORECASE)
# A layer that the manifest names and the registry does not have.
_NO_BLOB = re.compile(r"/blobs/sha256:([0-9a-f]{12})[0-9a-f]{52}\b.*?(?:BLOB_UNKNOWN|\b404\b)")
_NO_JAVA_DB: Final = (
    "the image has jars and no java_db is configured, so nothing can tell what they are: set "
    "trivy.java_db"
)
_NO_CONTENT_SETS: Final = (
    "the database knows none of the Red Hat content sets of these packages, so Trivy cannot tell "
    "their advisories"
)
_ADVICE: Final = (
    ("'--skip-java-db-update' cannot be specified on the first run", _NO_JAVA_DB),
    ("unable to find CPE indices", _NO_CONTENT_SETS),
)


def failure(outcome: Outcome, subject: str, *secrets: str | None) -> WatcherError:
    """Say in one line why a run failed; `subject` is what it was about. No secret is in it."""
    if outcome.code < 0:
        killed = f"{subject}: Trivy was killed by signal {-outcome.code}"
        return TransientError(f"{killed}{_bound(outcome)}")
    said = _cause(outcome.log)
    for secret in filter(None, secrets):
        said = said.replace(secret, "***")
    for complaint, advice in _ADVICE:
        if complaint in said:
            return PermanentError(f"{subject}: {advice}")
    lost = _NO_BLOB.search(said)
    if lost:
        return PermanentError(
            f"{subject}: the registry has its manifest and lacks its blob {lost[1]}: push the "
            "image again, or check the registry's storage"
        )
    bound = _bound(outcome) if _MEMORY.search(said) else ""
    message = f"{subject}: {_shortened(said)}{bound}"
    if _TRANSIENT.search(said):
        return TransientError(message)
    if _UNAUTHORIZED.search(said):
        return UnauthorizedError(f"{message}; check the registry's username and password")
    return PermanentError(message)


def _bound(outcome: Outcome) -> str:
    """Go dies in several ways of too little memory, some of which do not say so."""
    if outcome.memory is None:
        return ""
    return f"; it may take {outcome.memory >> 20} MiB (trivy.memory)"


def _cause(log: str) -> str:
    """Find the last complaint of a log, without the layers that Trivy wraps it in."""
    starts = [found.end() for found in _FATAL.finditer(log)]
    crash = _CRASH.search(log)
    if crash:
        said = f"Trivy crashed: {crash.group()}"
    else:
        said = log[starts[-1] :] if starts else log.rpartition("\t")[2]
        said = _ITEMS.sub(": ", _FRAMES.sub("", said))
    said = _USER.sub("//***@", _WASTE.sub(" ", said).strip())
    while found := _LAYERS.match(said):
        said = said[found.end() :]
    return said or "Trivy failed without a word"


def _shortened(said: str) -> str:
    """Keep both ends of a long complaint: what it is about, and what the matter is."""
    if len(said) <= _LENGTH:
        return said
    return f"{said[: _LENGTH // 2]} … {said[-_LENGTH // 2 :]}"
