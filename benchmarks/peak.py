"""A module run in this process, with the most memory that it held told at the end.

python -m benchmarks.peak <module> [its arguments]
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

PEAK = "VmHWM:"  # since the process began, and of no other one before it


def main() -> None:
    """Run the module; the last line on standard error is its peak, in KiB."""
    del sys.argv[0]
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    finally:
        lines = Path("/proc/self/status").read_text().splitlines()
        peak = next(line for line in lines if line.startswith(PEAK))
        print(peak, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
