"""A hundredth of the matches changed and folded, in a process of its own: prints the figures.

python -m benchmarks.ledger.delta <the database's address>
"""

from __future__ import annotations

import json
import sys
import time

from benchmarks.scale_delta import measure_delta
from benchmarks.scale_sheet import Sheet
from watcher.adapters.store.engine import open_engine


def main() -> None:
    """Change the record, and say what that took."""
    sheet, begun = Sheet(), time.process_time()
    measure_delta(sheet, open_engine(sys.argv[1]))
    sheet.note("delta of 1 %: record and fold, s of processor", time.process_time() - begun)
    print(json.dumps(sheet.figures))


if __name__ == "__main__":
    main()
