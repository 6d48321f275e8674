"""One number of a report, walked down to what it was counted from.

Read it from the question on: `path` finds a number in a report by its name, `measure` says what a
stretch of exposure adds to it, `question` what is asked of which stretches, `walk` goes over all of
them, `beside` answers for what no stretch is counted in, and `document` writes it down.
"""
