"""The schema's history: one Alembic chain for both databases, run by `monitor.store.upgrade` without an ini file."""
