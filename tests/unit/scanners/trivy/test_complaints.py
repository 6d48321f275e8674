"""What Trivy logs when it fails becomes one line and one error."""

from __future__ import annotations

import pytest

from watcher.adapters.scanners.trivy.command import Outcome
from watcher.adapters.scanners.trivy.complaints import failure
from watcher.domain.errors import PermanentError, TransientError, UnauthorizedError, WatcherError

FATAL = "2026-03-01T12:00:00Z\tINFO\tfine\n2026-03-01T12:00:00Z\tFATAL\tFatal error\t"
IMAGE = (
    "run error: image scan error: scan error: unable to initialize a scan service: unable to "
    "initialize artifact: unable to initialize container image: unable to find the specified "
    'image "registry.test/app@sha256:0" in ["remote"]: 1 error occurred:\n\t* remote error: '
)
LAYER = (
    "run error: image scan error: scan error: scan failed: failed analysis: analyze error: "
    "pipeline error: failed to analyze layer (sha256:1): "
)
CHECK = "; check the registry's username and password"


def told(log: str, code: int = 1, *secrets: str) -> WatcherError:
    return failure(Outcome(code, log), "registry.test/app", *secrets)


@pytest.mark.parametrize(
    ("log", "kind", "cause"),
    [
        (
            FATAL + IMAGE + "GET http://registry.test/v2/app/manifests/x: MANIFEST_UNKNOWN: x\n\n",
            PermanentError,
            "registry.test/app: GET http://registry.test/v2/app/manifests/x: MANIFEST_UNKNOWN: x",
        ),
        (
            FATAL + IMAGE + 'Get "http://127.0.0.1:1/v2/": connect: connection refused\n\n',
            TransientError,
            'registry.test/app: Get "http://127.0.0.1:1/v2/": connect: connection refused',
        ),
        (
            FATAL + IMAGE + "GET http://registry.test/v2/x: unexpected status code 503 Service\n",
            TransientError,
            "registry.test/app: GET http://registry.test/v2/x: unexpected status code 503 Service",
        ),
        (
            FATAL + IMAGE + "GET http://registry.test/v2/x: TOOMANYREQUESTS: slow down\n",
            TransientError,
            "registry.test/app: GET http://registry.test/v2/x: TOOMANYREQUESTS: slow down",
        ),
        (
            FATAL + LAYER + "post analysis error: context deadline exceeded\n",
            TransientError,
            "registry.test/app: context deadline exceeded",
        ),
        (
            FATAL + IMAGE + "GET http://registry.test/v2/x: UNAUTHORIZED: who are you\n",
            UnauthorizedError,
            "registry.test/app: GET http://registry.test/v2/x: UNAUTHORIZED: who are you" + CHECK,
        ),
        (
            "goroutine 1\nfatal error: fault\n[signal SIGBUS]\ngoroutine 1 [running]:\n",
            PermanentError,
            "registry.test/app: Trivy crashed: fatal error: fault",
        ),
        (
            FATAL
            + LAYER
            + f"GET http://registry.test/v2/app/blobs/sha256:{'ab' * 32}: BLOB_UNKNOWN: blob "
            f"unknown to registry; sha256:{'ab' * 32}\n",
            PermanentError,
            (
                "registry.test/app: the registry has its manifest and lacks its blob abababababab: "
                "push the image again, or check the registry's storage"
            ),
        ),
        ("Error: unknown flag\n", PermanentError, "registry.test/app: Error: unknown flag"),
        ("", PermanentError, "registry.test/app: Trivy failed without a word"),
    ],
)
def test_a_complaint_becomes_one_line_and_the_right_error(
    log: str, kind: type[WatcherError], cause: str
) -> None:
    error = told(log)
    assert type(error) is kind
    assert str(error) == cause


def test_an_image_with_jars_needs_a_java_db() -> None:
    error = told(
        FATAL
        + LAYER
        + "Unable to initialize the Java DB: Java DB update failed: '--skip-java-db-update' cannot "
        "be specified on the first run\n"
    )
    assert type(error) is PermanentError
    assert "has jars and no java_db is configured" in str(error)
    assert "trivy.java_db" in str(error)


def test_unknown_content_sets_are_explained() -> None:
    error = told(
        FATAL + "scan failed: failed to get advisories: unable to find CPE indices. See x\n"
    )
    assert type(error) is PermanentError
    assert "content sets" in str(error)


def test_a_killed_trivy_may_be_tried_again() -> None:
    error = told("", -9)
    assert type(error) is TransientError
    assert "signal 9" in str(error)


def test_no_secret_is_in_a_complaint() -> None:
    error = told(FATAL + "GET http://bob:hunter2@registry.test/: hunter2 denied\n", 1, "hunter2")
    assert "hunter2" not in str(error)
    assert "bob" not in str(error)


def test_a_long_complaint_keeps_both_ends_and_moves_no_cursor() -> None:
    error = told(FATAL + "begins \x1b[2J\u202e" + "x" * 10_000 + " ends\n")
    assert len(str(error)) < 350
    assert "begins" in str(error)
    assert str(error).endswith("ends")
    assert str(error).isprintable()
