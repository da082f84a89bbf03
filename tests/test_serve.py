"""A start that can't work says why in one line; one that can serves, alone or with the worker beside it."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from olka.config import BadSetting, Settings
from tests.services.mail_server import free_port
from tests.services.program import Program, environment, run, running


@pytest.fixture
def nowhere(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/none/olka.db"


@pytest.mark.parametrize("command", ["serve", "worker", "migrate"])
def test_a_bad_setting_stops_the_start_and_is_named(nowhere: str, command: str) -> None:
    done = run(command, environment(nowhere, OLKA_WORKERS="many"))
    assert done.returncode == 1
    assert done.stderr == "olka: OLKA_WORKERS is 'many': set it to a whole number from 1 to 64.\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OLKA_SECRET_KEY", "short"),
        ("OLKA_WORKERS", "0"),
        ("OLKA_BASE_URL", "http://olka.example.org"),
        ("OLKA_MAIL_URL", "smtp://host:abc"),
        ("OLKA_MAIL_URL", "mailto:olka@example.org"),
        ("OLKA_MAIL_FROM", "nobody"),
        ("OLKA_MAIL_FROM", "OLKA <olka@example.org>"),
        ("OLKA_BIND", "8000"),
        ("OLKA_BIND", "localhost:99999"),
        ("PORT", "http"),
        ("OLKA_DATABASE_URL", "mysql://x/y"),
        ("OLKA_DATABASE_URL", "sqlite:///:memory:"),
        ("OLKA_TRUSTED_PROXIES", "-1"),
        ("OLKA_LOG_LEVEL", "LOUD"),
        ("OLKA_DEMO", "yes"),
    ],
)
def test_every_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"^{name} "):
        Settings.from_env({"OLKA_SECRET_KEY": "x" * 40, name: value})


def test_settings_handed_to_another_process_are_the_same() -> None:
    settings = Settings.from_env({"OLKA_DEMO": "1", "OLKA_BASE_URL": "https://olka.example.org", "OLKA_WORKERS": "3"})
    assert Settings.from_env(settings.to_env()) == settings


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_database_that_isnt_there_stops_the_start_and_is_named(nowhere: str, command: str) -> None:
    done = run(command, environment(nowhere))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "none/olka.db yet: run `olka migrate`" in done.stderr
    assert not Path(nowhere.removeprefix("sqlite:///")).exists()

    port = free_port()
    done = run(command, environment(f"postgresql://olka:salasana@127.0.0.1:{port}/olka"))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert f"127.0.0.1:{port}/olka can't be reached" in done.stderr
    assert "salasana" not in done.stderr


def change(sqlite_url: str, statement: str) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_schema_behind_or_ahead_of_the_code_stops_the_start(sqlite_url: str, command: str) -> None:
    change(sqlite_url, "DELETE FROM alembic_version")
    done = run(command, environment(sqlite_url))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "behind the code" in done.stderr
    assert "olka migrate" in done.stderr
    change(sqlite_url, "INSERT INTO alembic_version VALUES ('from_the_future')")
    done = run(command, environment(sqlite_url))
    assert (done.returncode, "newer than this code" in done.stderr) == (1, True)


def test_an_address_that_is_taken_stops_the_start(sqlite_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("serve", environment(sqlite_url, PORT=str(taken.getsockname()[1])))
    assert done.returncode == 1
    assert "Address already in use" in done.stderr
    assert "PORT or OLKA_BIND" in done.stderr


def test_migrate_makes_the_folder_and_the_schema_and_can_be_run_again(nowhere: str) -> None:
    for _ in range(2):
        done = run("migrate", environment(nowhere))
        assert done.returncode == 0, done.stderr
        assert "the database is at" in done.stdout
    assert run("doctor", environment(nowhere)).stdout.count("schema") >= 1


def figures(port: int) -> dict[str, float]:
    lines = httpx.get(f"http://127.0.0.1:{port}/metrics").text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[:1] != "#")}


def ask(port: int, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=30)


def ready(program: Program) -> None:
    program.wait_until_it_says('"event": "web began"')


def test_the_processes_count_together_and_tell_no_query_string(sqlite_url: str, tmp_path: Path) -> None:
    port = free_port()
    room = tmp_path / "room"
    room.mkdir()
    env = environment(sqlite_url, PORT=str(port), OLKA_WORKERS="2", TMPDIR=str(room))
    with running("serve", env, tmp_path / "said") as web:
        ready(web)
        for number in range(40):
            assert ask(port, f"/healthz?salainen={number}").status_code == 200
        assert figures(port)['olka_requests_total{method="GET",status="2xx",view="machines.lives"}'] == 40
        assert ask(port, "/readyz").status_code == 200
        assert ask(port, "/" + "salainen" * 1000).status_code == 414
        assert web.end() == 0
        assert "salainen" not in web.said
        assert web.said.count('"view": "machines.lives"') == 40
    assert list(room.iterdir()) == []


def test_forwarded_headers_are_believed_only_of_proxies_that_are_named(sqlite_url: str, tmp_path: Path) -> None:
    port = free_port()
    forged = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.1.2.3", "X-Forwarded-Host": "evil.example"}
    with running("serve", environment(sqlite_url, PORT=str(port), OLKA_WORKERS="1"), tmp_path / "said") as web:
        ready(web)
        answer = httpx.get(f"http://127.0.0.1:{port}/vuorot", headers=forged)
        assert answer.headers["Location"].startswith("/kirjaudu")
        assert "evil" not in str(answer.headers)


def test_with_worker_both_live_and_end_together(sqlite_url: str, tmp_path: Path) -> None:
    port = free_port()
    env = environment(sqlite_url, PORT=str(port), OLKA_WORKERS="1", OLKA_MAIL_URL=f"file://{tmp_path}/mail")
    with running("serve --with-worker", env, tmp_path / "said") as both:
        ready(both)
        both.wait_until_it_says('"event": "worker began"')
        assert both.end() == 0
        assert '"event": "worker ended"' in both.said
    with pytest.raises(httpx.ConnectError):
        ask(port, "/healthz")


def test_when_the_worker_dies_or_the_parent_is_killed_nothing_is_left_behind(sqlite_url: str, tmp_path: Path) -> None:
    port = free_port()
    env = environment(sqlite_url, PORT=str(port), OLKA_WORKERS="1")
    with running("serve --with-worker", env, tmp_path / "said") as both:
        ready(both)
        both.wait_until_it_says('"event": "worker began"')
        (worker,) = [pid for pid in children(both.process.pid) if "worker" in command_of(pid)]
        os.kill(worker, signal.SIGKILL)
        assert both.process.wait(60) == 1
    with running("serve --with-worker", env, tmp_path / "again") as both:
        ready(both)
        left = children(both.process.pid)
        assert both.end(signal.SIGKILL) == -signal.SIGKILL
        until = time.monotonic() + 60
        while any(lives(pid) for pid in left):
            assert time.monotonic() < until
            time.sleep(0.1)


def children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_in_the_demo_every_process_has_the_one_key_that_was_made(sqlite_url: str, tmp_path: Path) -> None:
    port = free_port()
    env = environment(sqlite_url, PORT=str(port), OLKA_WORKERS="2", OLKA_DEMO="1", OLKA_MAIL_URL=f"file://{tmp_path}/m")
    del env["OLKA_SECRET_KEY"]
    with running("serve", env, tmp_path / "said") as web, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        ready(web)
        page = client.get("/kirjaudu").text
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        assert token
        for _ in range(20):  # either process takes the token that one of them gave
            answer = client.post("/kirjaudu", data={"csrf_token": token}, headers={"Connection": "close"})
            assert "Lomake on vanhentunut" not in answer.text
