"""A blob on its way into a file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import TracebackType
from typing import Self

from watcher.domain.errors import PermanentError, TransientError


class FileSink:
    """Writes and hashes a blob; without a successful `verify` no file is left behind.

    `what` names the blob in errors.
    """

    def __init__(self, what: str, to: Path) -> None:
        self._what = what
        self._to = to
        self._sha256 = hashlib.sha256()
        self._count = 0
        self._verified = False

    def __enter__(self) -> Self:
        try:
            self._file = self._to.open("wb")
        except OSError as error:
            raise self._unwritable(error) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._file.close()
        except OSError as failed:
            self._verified = False
            raise self._unwritable(failed) from None
        finally:
            if not self._verified:
                self._to.unlink(missing_ok=True)

    def write(self, piece: bytes) -> None:
        """Add bytes; raises TransientError where the disk does not take them."""
        self._count += len(piece)
        self._sha256.update(piece)
        try:
            self._file.write(piece)
        except OSError as error:
            raise self._unwritable(error) from None

    def verify(self, digest: str, size: int) -> None:
        """Compare with the descriptor; raises TransientError where bytes are missing."""
        if self._count < size:
            raise TransientError(f"{self._what}: {self._count} of {size} bytes came; asked again")
        if f"sha256:{self._sha256.hexdigest()}" != digest:
            raise PermanentError(f"{self._what}: the registry gave other bytes than these")
        self._verified = True

    def _unwritable(self, error: OSError) -> TransientError:
        return TransientError(f"{self._to} cannot be written ({error.strerror}); make room for it")
