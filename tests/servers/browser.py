"""A real Chromium as tests use it: it shows a page as a person would see it, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from installer import chromium

_PATIENCE = 30_000.0  # milliseconds; the machine may be busy with everything else
_LOUD = {"error", "warning"}
_WRONG = 400  # and above: the status of an answer


@dataclass(frozen=True, slots=True)
class Look:
    """How a person looks at a page: light or dark, and how wide, in pixels."""

    scheme: Literal["light", "dark"] = "light"
    width: int = 1280
    script: bool = True
    policy: bool = True  # whether the page's own policy (CSP) binds what a test adds to it

    def __str__(self) -> str:
        return f"{self.scheme}-{self.width}"


@dataclass(frozen=True, slots=True)
class Seen:
    """A page on a screen, and every complaint of the browser about it, a line each."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the Chromium that setup brought; raises StepError that says why there is none."""
    program = chromium.program()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program)
        try:
            yield started
        finally:
            started.close()


@contextmanager
def looking(at: Browser, look: Look) -> Iterator[Seen]:
    """An empty page, set up for a look; what it keeps is forgotten behind the block."""
    context = at.new_context(
        color_scheme=look.scheme,
        viewport={"width": look.width, "height": 900},
        java_script_enabled=look.script,
        bypass_csp=not look.policy,
        reduced_motion="reduce",
    )
    context.set_default_timeout(_PATIENCE)
    seen = Seen(context.new_page())
    _listen(seen)
    try:
        yield seen
    finally:
        context.close()


def _listen(seen: Seen) -> None:
    page, note = seen.page, seen.complaints.append
    page.on(
        "console", lambda said: note(f"{said.type}: {said.text}") if said.type in _LOUD else None
    )
    page.on("pageerror", lambda error: note(f"uncaught: {error}"))
    page.on("requestfailed", lambda failed: note(f"not loaded: {failed.url}: {failed.failure}"))
    page.on(
        "response",
        lambda answer: note(f"{answer.status}: {answer.url}") if answer.status >= _WRONG else None,
    )
