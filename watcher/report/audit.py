"""The audit document: how many images were scanned in full, and which of them differ in what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from watcher.ports.store.audits import Audited, Written
from watcher.ports.store.passes import Failure
from watcher.report.times import stamp

Document = dict[str, object]


def document(
    at: datetime, audited: Sequence[Audited], direct: int, failures: Iterable[Failure]
) -> Document:
    """Write an audit down; `direct` counts the images that are matched on their own now.

    `missing` is what only the scanner's own scan has, `extra` what only the derived findings have.
    """
    return {
        "schema": "watcher/audit/1",
        "at": stamp(at),
        "images": len(audited),
        "findings": sum(one.findings for one in audited),
        "direct": direct,
        "mismatching": [
            {
                "image": one.subject,
                "missing": _side(one.differences, "missing"),
                "extra": _side(one.differences, "extra"),
            }
            for one in audited
            if one.differences
        ],
        "failures": [
            {"stage": one.stage, "subject": one.subject, "error": one.error, "retry": one.retry}
            for one in failures
        ],
    }


def _side(differences: Iterable[Written], side: str) -> list[Document]:
    return [
        {key: value for key, value in one.items() if key != "side"}
        for one in differences
        if one["side"] == side
    ]
