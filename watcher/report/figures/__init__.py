"""The figures of the management report: pure sums and estimates over stretches of exposure.

Read it from the input on: stretch, united, period, policy, span, tally, fleet, then what is said of
a tally (estimates, figures, curve, backlog, coverage), and `management`, the document. What each
figure means is in docs/exposure.md, with a worked example.
"""
