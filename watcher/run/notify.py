"""Telling systemd how the process fares: datagrams to the socket that NOTIFY_SOCKET names.

The protocol is that of sd_notify(3); where nobody set the variable nobody is told.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic_ns
from typing import Self


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Whoever started the process; `every` is how often it wants to hear that it lives, in seconds.

    `every` is None where it does not ask for that.
    """

    address: str | None = None
    every: float | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """The one that the environment names; half the time that its watchdog waits for a sign."""
        asked = environment.get("WATCHDOG_USEC", "")
        meant = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        every = int(asked) / 2e6 if asked.isdecimal() and meant and int(asked) else None
        return cls(environment.get("NOTIFY_SOCKET") or None, every)

    def ready(self) -> None:
        """It serves, for the first time or again."""
        self._tell("READY=1")

    def reloading(self) -> None:
        """It reads its configuration anew."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """It comes to its end."""
        self._tell("STOPPING=1")

    def lives(self) -> None:
        """A sign of life."""
        self._tell("WATCHDOG=1")

    def _tell(self, what: str) -> None:
        if self.address is None:
            return
        # A name that begins with @ is one without a file; the kernel writes it with a NUL.
        place = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
            there.settimeout(1)
            there.sendto(what.encode(), place)
