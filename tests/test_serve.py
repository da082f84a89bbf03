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
        ("OLKA_DATABASE_URL", "sqlite:///file:olka.db"),
        ("OLKA_DATABASE_URL", "sqlite:////srv/olka.db?mode=ro"),
        ("OLKA_DATABASE_URL", "postgresql://u@h:abc/x"),
        ("OLKA_BASE_URL", "https://[bad"),
        ("OLKA_BASE_URL", "https://h:abc"),
        ("OLKA_BASE_URL", "https://h?x=1"),
        ("OLKA_BASE_URL", "https://h#x"),
        ("OLKA_BASE_URL", "https://u:p@h"),
        ("OLKA_REGION", "Häme\nBcc: x@example.org"),
        ("OLKA_TRUSTED_PROXIES", "-1"),
        ("OLKA_LOG_LEVEL", "LOUD"),
        ("OLKA_DEMO", "yes"),
    ],
)
def test_every_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"^{name} "):
        Settings.from_env({"OLKA_SECRET_KEY": "x" * 40, name: value})


def test_what_is_set_to_nothing_takes_the_default() -> None:
    settings = Settings.from_env({"OLKA_SECRET_KEY": "x" * 40, "OLKA_WORKERS": "", "OLKA_LOG_LEVEL": "", "PORT": ""})
    assert (settings.workers, settings.log_level, settings.bind) == (2, "INFO", "127.0.0.1:8000")


def test_a_relative_file_is_one_place_for_all_who_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_env({"OLKA_SECRET_KEY": "x" * 40, "OLKA_DATABASE_URL": "sqlite:///olka.db"})
    assert settings.database_url == f"sqlite:///{tmp_path}/olka.db"


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_mail_that_reaches_nobody_stops_the_start_outside_the_demo(sqlite_url: str, command: str) -> None:
    done = run(command, environment(sqlite_url, OLKA_MAIL_URL="file:///tmp/olka-test-mail"))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert done.stderr.startswith("olka: OLKA_MAIL_URL must be smtp")


def test_the_demo_is_served_neither_to_the_world_nor_on_real_peoples_data(sqlite_url: str) -> None:
    env = environment(sqlite_url, OLKA_DEMO="1")
    done = run("serve", env | {"OLKA_BASE_URL": "https://olka.example.org"})
    assert (done.returncode, "OLKA_DEMO is 1, but OLKA_BASE_URL is https" in done.stderr) == (1, True)
    assert run("create-admin aada@example.org", env).returncode == 0
    done = run("serve", env)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "accounts that the demo didn't make" in done.stderr


@pytest.mark.parametrize(
    "command", ["create-admin aada@example.org", "reset-second-factor aada@example.org", "outbox retry-dead"]
)
def test_a_command_that_cant_write_says_why_in_one_line(nowhere: str, sqlite_url: str, command: str) -> None:
    change(sqlite_url, "DELETE FROM alembic_version")
    for url, says in (
        (nowhere, "run `olka migrate`"),
        (sqlite_url, "behind the code"),
        (f"postgresql://olka:salasana@127.0.0.1:{free_port()}/olka", "can't be reached"),
    ):
        done = run(command, environment(url))
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
        assert says in done.stderr
        assert "salasana" not in done.stderr


def test_migrate_to_where_no_file_can_be_says_so_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("migrate", environment(f"sqlite:///{tmp_path}/file/olka.db"))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "there can be no database at" in done.stderr


def test_a_database_that_cant_be_written_to_stops_the_start(sqlite_url: str) -> None:
    Path(sqlite_url.removeprefix("sqlite:///") + ".lock").mkdir()
    done = run("serve", environment(sqlite_url))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "olka.db.lock can't be written to" in done.stderr


def test_what_the_commands_write_is_read_by_nobody_else(nowhere: str) -> None:
    assert run("migrate", environment(nowhere)).returncode == 0
    path = Path(nowhere.removeprefix("sqlite:///"))
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


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


def test_behind_a_proxy_that_isnt_named_it_warns_and_leaves_a_named_folder_of_figures_as_it_was(
    sqlite_url: str, tmp_path: Path
) -> None:
    figures_of_another = tmp_path / "figures"
    figures_of_another.mkdir()
    (figures_of_another / "olka.db").write_text("not ours")
    port = free_port()
    env = environment(
        sqlite_url, PORT=str(port), OLKA_WORKERS="1", OLKA_BASE_URL="https://olka.example.org",
        PROMETHEUS_MULTIPROC_DIR=str(figures_of_another),
    )  # fmt: skip
    with running("serve", env, tmp_path / "said") as web:
        ready(web)
        assert "olka: OLKA_TRUSTED_PROXIES is 0" in web.said
        assert web.end() == 0
    assert [path.name for path in figures_of_another.iterdir()] == ["olka.db"]
    found = run("doctor", env).stdout
    assert "FAIL  proxies" in found
    assert "ok    proxies" in run("doctor", env | {"OLKA_TRUSTED_PROXIES": "1"}).stdout


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
    env = environment(sqlite_url, PORT=str(port), OLKA_WORKERS="1")
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
