"""PostgreSQL: tables, migrations and the sessions that reach them (extra `db`)."""
