"""How long subjects last that are seen late, leave early or end for several causes.

Estimators here are pure and never refuse: whether a figure is worth showing is decided by whoever
shows it. A subject counts as at risk over (entry, exit]: at time t those who entered before t and
did not leave before t. So who enters at the moment of an event does not count as having escaped it,
who is censored at that moment does, and who enters and leaves at once was never at risk. lifelines
and statsmodels count the same way.

Times are plain numbers in one unit, which results are in as well.
"""
