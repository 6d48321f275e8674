"""What one cluster of stretches sums up to: the streams on one base, or one stream alone."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b


def cluster_number(name: str) -> int:
    """A number of 63 bits that depends on the name alone, not on when it came."""
    return (
        int.from_bytes(blake2b(name.encode(errors="surrogatepass"), digest_size=8).digest(), "big")
        >> 1
    )


@dataclass(slots=True)
class ClusterSum:
    """Counts of stretches, and times in ticks, as `Tally` has them."""

    remediated: int = 0
    remediation: int = 0
    response: int = 0
    actionable: int = 0
    open: int = 0
    age: int = 0
    judged: int = 0  # of the open, those of which it is known whether they are past due
    past_due: int = 0
    met: int = 0
    missed: int = 0
    observed: int = 0

    def absorb(self, other: ClusterSum) -> None:
        """Count in what another group has of the same cluster."""
        self.remediated += other.remediated
        self.remediation += other.remediation
        self.response += other.response
        self.actionable += other.actionable
        self.open += other.open
        self.age += other.age
        self.judged += other.judged
        self.past_due += other.past_due
        self.met += other.met
        self.missed += other.missed
        self.observed += other.observed
