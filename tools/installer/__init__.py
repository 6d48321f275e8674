"""The steps behind `make setup`; but for `trial`, the standard library is all they may use."""
