"""The facts on disk: SQLAlchemy Core over SQLite or PostgreSQL, one migration chain for both."""
