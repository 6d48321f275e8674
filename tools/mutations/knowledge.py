"""Rules of knowledge and of matching once: versions, dates, shards."""

from __future__ import annotations

from mutations.rule import Rule, rule

_DOMAIN = "watcher/domain/knowledge.py"
_STAGE = "tests/unit/services/test_knowledge.py"
_DATES = "tests/unit/domain/test_knowledge.py"
_MATCH = "tests/unit/services/test_match.py"
_UPGRADES = "tests/integration/recovery/test_upgrades.py"


KNOWLEDGE: tuple[Rule, ...] = (
    rule(
        "match: the source of a severity is an interval of its own",
        "watcher/services/match/compare.py",
        "finding.severity, finding.severity_source, finding.status",
        'finding.severity, "nvd", finding.status',
        _MATCH,
    ),
    rule(
        "knowledge: an older database is passed over",
        _DOMAIN,
        "current is not None and updated_at <",
        "current is None and updated_at <",
        _STAGE,
    ),
    rule(
        "knowledge: from the first source it counts after a day",
        "watcher/services/knowledge/choice.py",
        ">= ROLLED_BACK",
        "< ROLLED_BACK",
        _STAGE,
    ),
    rule(
        "knowledge: from another source never",
        "watcher/services/knowledge/choice.py",
        "if first and self.this.at",
        "if self.this.at",
        _STAGE,
    ),
    rule(
        "knowledge: a database takes effect at its stamp, never in the future",
        _DOMAIN,
        "stamp = min(updated_at, seen_at)",
        "stamp = updated_at",
        _DATES,
    ),
    rule(
        "knowledge: never before its predecessor",
        _DOMAIN,
        "else max(stamp, predecessor)",
        "else stamp",
        _DATES,
    ),
    rule(
        "knowledge: a new scanner reads the old database first",
        "watcher/services/knowledge/stage.py",
        "        self._adopt_scanner(this, outcome)\n",
        "",
        _STAGE,
    ),
    rule(
        "match: under a new scanner the old database comes first",
        "watcher/services/match/stage.py",
        "        if steps:",
        "        if steps is None:",
        _MATCH,
    ),
    rule(
        "match: what differs is the reason",
        _DOMAIN,
        'return "scanner" if',
        'return "both" if',
        _DATES,
    ),
    rule(
        "match: another scanner's ending is no withdrawal",
        _DOMAIN,
        "if last.scanner != first.scanner:",
        "if last.scanner is first:",
        _DATES,
    ),
    rule(
        "match: after a gap a changed answer may be as old as the last one",
        _DOMAIN,
        "if skipped and last.effective_at < at else None",
        "if False else None",
        _DATES,
    ),
    rule(
        "match: equal answers on both sides of a gap go on",
        "watcher/services/match/compare.py",
        "if (number, name) not in held\n",
        "if (number, name) not in held or asked.taking_part.get(number)\n",
        _MATCH,
    ),
    rule(
        "match: only packages that were asked for can lose a match",
        "watcher/services/match/compare.py",
        "number in asked.packages and (number, name) not in found",
        "(number, name) not in found",
        _MATCH,
    ),
    rule(
        "match: a package matched for the first time leaves its matches undated",
        "watcher/services/match/compare.py",
        "        if package not in self.taking_part:\n            return None\n",
        "        if package not in self.taking_part:\n            return 0\n",
        _MATCH,
    ),
    rule(
        "match: shards of at most ten thousand",
        "watcher/services/match/craft.py",
        "SHARD = 10_000",
        "SHARD = 10_000_000",
        "tests/unit/services/test_match.py",
        "tests/integration/test_shards.py",
    ),
    rule(
        "match: shards by the findings of last time",
        "watcher/services/sharding.py",
        "-(-(packages + findings) // HEAVIEST)",
        "0",
        "tests/unit/services/test_sharding.py",
    ),
    rule(
        "catalogue: another scanner lists an image again",
        "watcher/adapters/store/catalogues/waiting.py",
        "or_(listed.scanner != since.scanner, renamed)",
        "renamed",
        _UPGRADES,
    ),
    rule(
        "catalogue: another Java database at most once a week",
        "watcher/adapters/store/catalogues/waiting.py",
        "listed.applied_at <= since.jars_before",
        "listed.applied_at.is_not(None)",
        _UPGRADES,
    ),
    rule(
        "catalogue: until the new list is known the old one serves",
        "watcher/adapters/store/facts/contents.py",
        "if unknown.isdisjoint(one.sets)]",
        "]",
        "tests/properties/test_ledger.py",
        "tests/contract/store/test_ledger.py",
    ),
    rule(
        "catalogue: what only the new list ends is a change of detection",
        "watcher/domain/exposure/folding.py",
        'else "detection_change"',
        'else "remediated"',
        _UPGRADES,
    ),
)
