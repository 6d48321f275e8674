"""Running for years: a clock that calls, a leader that answers with passes, workers that help.

One process may be all of it. On PostgreSQL there may be many: one of the schedulers leads, the
others stand by; workers take jobs; webs read.
"""
