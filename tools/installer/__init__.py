"""The steps behind `make setup`; the standard library is all they may use."""
