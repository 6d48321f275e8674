"""Remediation policies as data: by when each exposure is due, and what is missing to say so.

Read it from the bottom up: limit, table, policy, due.
"""

from watcher.domain.policy.due import Due, Rated, Run, due
from watcher.domain.policy.limit import UNLIMITED, Limit, undetermined
from watcher.domain.policy.policy import CLOCKS, DEFAULT, Clock, Policy, by_severity
from watcher.domain.policy.table import Rule, Table

__all__ = [
    "CLOCKS",
    "DEFAULT",
    "UNLIMITED",
    "Clock",
    "Due",
    "Limit",
    "Policy",
    "Rated",
    "Rule",
    "Run",
    "Table",
    "by_severity",
    "due",
    "undetermined",
]
