#!/opt/venv/bin/python
"""Health check of a worker or the sweeper: `is-alive gpu_queue|cpu_queue|sweeper`.

A worker that is busy answers no ping; what counts is the heartbeat that it writes to the database. Done without
SQLAlchemy, since it runs every few seconds.
"""

import os
import socket
import sys

import psycopg2

ALIVE_S = 15
HEARTBEAT = "SELECT now() - seen_at < make_interval(secs => %s) FROM worker_heartbeat WHERE name = %s"


def is_alive(queue: str) -> bool:
    """Tell whether this container's process has reported lately."""
    url = os.environ["DATABASE_URL"].replace("postgresql+psycopg2://", "postgresql://")
    with psycopg2.connect(url, connect_timeout=3) as connection, connection.cursor() as cursor:
        cursor.execute(HEARTBEAT, (ALIVE_S, f"{queue}@{socket.gethostname()}"))
        row = cursor.fetchone()
    return row is not None and bool(row[0])


if __name__ == "__main__":
    sys.exit(0 if is_alive(sys.argv[1]) else 1)
