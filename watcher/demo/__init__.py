"""The demo: a real fleet in a real registry, watched through days of news."""
