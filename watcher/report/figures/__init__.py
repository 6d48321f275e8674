"""The figures of the management report: pure sums and estimates over stretches of exposure.

Read it from the input on: stretch, united, period, span, tally, due, fleet, then what is said of a
tally (estimates, figures, curve, backlog, change, coverage), of bumps, and `management`, the
document. What each figure means is in docs/exposure.md, with a worked example.
"""
