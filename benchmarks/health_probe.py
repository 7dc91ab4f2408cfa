"""`python -m benchmarks.health_probe HOST PORT`: ask for health until standard input ends, then print each wait.

A process of its own, so that what it measures is the server and not the hundred clients beside it.
"""

import http.client
import json
import select
import sys
import time

PAUSE_S = 0.02


def probe(host: str, port: int) -> list[float]:
    """Return the wait for each answer in seconds, one request after the other with a pause between."""
    connection = http.client.HTTPConnection(host, port, timeout=60)
    waits = []
    while not select.select([sys.stdin], [], [], PAUSE_S)[0]:
        started = time.perf_counter()
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        waits.append(time.perf_counter() - started)
    connection.close()
    return waits


if __name__ == "__main__":
    json.dump(probe(sys.argv[1], int(sys.argv[2])), sys.stdout)
