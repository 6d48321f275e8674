"""All stretches of the ledger at once, from its columns: the same figures without an object each.

Read it from the input on: names, judged, gathered, drawn. What a stretch adds to a figure is said
in `watcher.report.figures.tally`; tests hold both ways against each other.
"""
