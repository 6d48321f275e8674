"""Install what watcher needs under this checkout: `.venv/` and `.tools/`, nothing elsewhere."""

from __future__ import annotations

import shutil
import sys

OLDEST_PYTHON = (3, 11)


def python_complaint() -> str | None:
    """Say in one line why this Python cannot serve, or None."""
    if sys.version_info >= OLDEST_PYTHON:
        return None
    names = ["python3.%d" % minor for minor in (13, 12, 11)]
    newer = [name for name in names if shutil.which(name)]
    advice = "make setup PYTHON=" + newer[0] if newer else "install Python 3.11 or newer"
    found = ".".join(map(str, sys.version_info[:3]))
    return "setup: watcher needs Python 3.11 or newer, this is %s: %s" % (found, advice)


def main() -> int:
    """Run every step that is not done yet; the exit code is 1 where one failed.

    `--again` tries once more what is optional and could not be had; `--lean` leaves out what only
    the tests need.
    """
    complaint = python_complaint()
    if complaint:
        print(complaint, file=sys.stderr)
        return 1
    # An older Python must get as far as the complaint above.
    from installer.pipeline import install_all

    try:
        return install_all(again="--again" in sys.argv[1:], lean="--lean" in sys.argv[1:])
    except KeyboardInterrupt:
        print("setup: interrupted; make setup takes it up again", file=sys.stderr)
    except OSError as error:
        print("setup: cannot write here: %s; mend it, then run it again" % error, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
