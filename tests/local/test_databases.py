"""The handles on PostgreSQL and Redis that `make run` and the fault tests stand on."""

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from local.daemon import Daemon, DaemonFailed
from local.postgres import Postgres, start_postgres
from local.redis_server import RedisServer, start_redis
from tests.ports import free_port

# A fresh cluster for each test, on two shared cores.
pytestmark = pytest.mark.timeout(120)


def query(server: Postgres, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(server.url.replace("+psycopg2", ""), connect_timeout=5)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def port_of(server: Daemon) -> int:
    return int(server.url.rpartition(":")[2].partition("/")[0])


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    with start_postgres(tmp_path / "postgres", free_port()) as server:
        yield server


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    with start_redis(tmp_path / "redis", free_port()) as server:
        yield server


def test_postgresql_has_vectors_and_waits_for_the_disk(postgres: Postgres) -> None:
    query(postgres, "CREATE EXTENSION vector")

    assert query(postgres, "SELECT '[3,4]'::vector <-> '[0,0]'::vector") == [(5.0,)]
    assert query(postgres, "SHOW server_version_num")[0][0] >= "180000"
    assert query(postgres, "SHOW fsync") == [("on",)]


def test_postgresql_refuses_a_wrong_password(postgres: Postgres) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(host="127.0.0.1", port=port_of(postgres), user="interview", password="x")


@pytest.mark.parametrize("end", [Daemon.stop, Daemon.kill])
def test_postgresql_keeps_committed_rows_however_it_ends(postgres: Postgres, end) -> None:
    query(postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
    first_pid = postgres.pid

    end(postgres)
    with pytest.raises(psycopg2.OperationalError):
        query(postgres, "SELECT 1")
    postgres.start()

    assert query(postgres, "SELECT answer FROM kept") == [(42,)]
    assert postgres.pid != first_pid


def test_a_frozen_postgresql_hangs_and_thaws(postgres: Postgres) -> None:
    postgres.freeze()
    with pytest.raises(psycopg2.OperationalError, match="timeout"):
        psycopg2.connect(postgres.url.replace("+psycopg2", ""), connect_timeout=2)

    postgres.thaw()
    assert query(postgres, "SELECT 1") == [(1,)]


def test_a_second_cluster_has_another_password(postgres: Postgres, tmp_path: Path) -> None:
    with start_postgres(tmp_path / "other", free_port()) as other:
        assert other.url.split("@")[0] != postgres.url.split("@")[0]


@pytest.mark.parametrize("end", [Daemon.stop, Daemon.kill])
def test_redis_keeps_what_it_was_given_however_it_ends(redis_server: RedisServer, end) -> None:
    with redis.Redis.from_url(redis_server.url, decode_responses=True) as client:
        client.rpush("cpu_queue", "first", "second")

    end(redis_server)
    redis_server.start()

    with redis.Redis.from_url(redis_server.url, decode_responses=True) as client:
        assert client.lrange("cpu_queue", 0, -1) == ["first", "second"]


def test_redis_never_evicts(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url, decode_responses=True) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_a_server_does_not_pass_for_another_on_its_port(redis_server: RedisServer, tmp_path: Path) -> None:
    with pytest.raises(DaemonFailed, match="is taken"):
        start_redis(tmp_path / "second", port_of(redis_server))


def test_a_server_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    with pytest.raises(DaemonFailed, match="shared_buffers"):
        start_postgres(tmp_path / "postgres", free_port(), ["shared_buffers=none"])
