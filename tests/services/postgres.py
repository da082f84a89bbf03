"""A PostgreSQL server of the test run's own: fresh, on a free loopback port, gone afterwards.

`shared(basetemp)` gives all workers of one run the same server;
`private()` gives one test a server that it may crash.
"""

import fcntl
import functools
import json
import os
import pwd
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.services import Found

OLDEST = 15
SERVICE_USER = "postgres"  # initdb refuses root, so root lends the work to this user


class ServerFailed(RuntimeError):
    """The server didn't start or stop; the message ends with its own words."""


@functools.cache
def programs() -> Path | None:
    """Finds the folder of the newest server programs, version 15 or later."""
    folders = [Path(found) for name in ("initdb", "postgres") if (found := shutil.which(name))]
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), *(found.resolve().parent for found in folders)]
    versions = {place: _version(place) for place in places}
    newest = max(versions, key=versions.__getitem__, default=None)
    return newest if newest and versions[newest] >= OLDEST else None


def available() -> Found:
    """Tells whether a server can be started here."""
    if not programs():
        return Found(f"no PostgreSQL server {OLDEST} or newer was found (tests/setup.sh looks for one)")
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(SERVICE_USER)
        except KeyError:
            return Found(f"PostgreSQL doesn't run as root, and there is no user {SERVICE_USER} to run it")
        if not _lent_to_service_user():
            return Found("PostgreSQL doesn't run as root, and neither runuser nor setpriv is there")
    return Found()


@dataclass(frozen=True)
class Server:
    """A running server, and the way to its databases."""

    home: Path
    port: int
    password: str
    durable: bool = False

    def url(self, database: str = "postgres") -> str:
        """Gives the address of a database, as SQLAlchemy takes it."""
        return f"postgresql+psycopg://olka:{self.password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Makes a database, empty or a copy of `template`, which must be idle, and gives its url."""
        like = sql.Identifier(template or "template0")
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), like))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Removes a database, whoever is connected to it; one that isn't there is fine."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def start(self) -> None:
        """Starts the server, again after `crash()` too, and returns once it answers."""
        self._control("start", "--log", str(self.home / "log"))

    def crash(self) -> None:
        """Stops the server as a power cut would: no checkpoint, connections cut."""
        self._control("stop", "--mode=immediate")

    def stop(self) -> None:
        """Stops the server and removes all that it stored."""
        if (self.home / "data" / "postmaster.pid").exists():
            with suppress(ServerFailed):
                self._control("stop", "--mode=immediate")
        shutil.rmtree(self.home, ignore_errors=True)

    def running(self) -> bool:
        """Tells whether the server process lives."""
        return _run(self._pg_ctl("status"), check=False).returncode == 0

    def _execute(self, statement: sql.Composed) -> None:
        address = self.url().replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def _pg_ctl(self, verb: str, *more: str) -> list[str]:
        pg_ctl = [str(_programs() / "pg_ctl"), verb, "-D", str(self.home / "data"), "-w", "-t", "60", "-s"]
        return [*_lent_to_service_user(), *pg_ctl, *more]

    def _control(self, verb: str, *more: str) -> None:
        try:
            _run(self._pg_ctl(verb, *more))
        except ServerFailed as failure:
            log = self.home / "log"
            words = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise ServerFailed(f"{failure}\n{words}") from failure


@contextmanager
def private(*, durable: bool = False) -> Iterator[Server]:
    """Runs a server for the block alone; `durable=True` syncs to disk, for tests that crash it."""
    server = _begin(durable=durable, owner=os.getpid())
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def shared(basetemp: Path) -> Iterator[Server]:
    """Gives the one server of this test run; the first worker to come starts it, the last to go stops it.

    `basetemp` is pytest's `tmp_path_factory.getbasetemp()`.
    """
    worker = "PYTEST_XDIST_WORKER" in os.environ
    # Under xdist the controller is the workers' parent, and so is the folder that holds theirs.
    folder, owner = (basetemp.parent, os.getppid()) if worker else (basetemp, os.getpid())
    server = _join(folder, owner)
    try:
        yield server
    finally:
        _leave(folder)


def _join(folder: Path, owner: int) -> Server:
    with _locked_state(folder) as state:
        if not state.get("users"):
            server = _begin(durable=False, owner=owner)
            state["server"] = asdict(server) | {"home": str(server.home)}
        state["users"] = [*state.get("users", []), os.getpid()]
        return _from(state)


def _leave(folder: Path) -> None:
    with _locked_state(folder) as state:
        state["users"] = [pid for pid in state["users"] if pid != os.getpid() and _lives(pid)]
        if not state["users"]:
            _from(state).stop()


def _from(state: dict[str, Any]) -> Server:
    return Server(**(state["server"] | {"home": Path(state["server"]["home"])}))


@contextmanager
def _locked_state(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / "postgres.json").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        state = json.loads(file.read() or "{}")
        yield state
        file.seek(0)
        file.truncate()
        json.dump(state, file)
        file.flush()


def _begin(*, durable: bool, owner: int) -> Server:
    """Makes a fresh server and starts it; it doesn't outlive the process `owner`, however that one ends."""
    home = Path(tempfile.mkdtemp(prefix="olka-pg-"))
    server = Server(home=home, port=_free_port(), password=secrets.token_hex(16), durable=durable)
    try:
        (home / "password").write_text(server.password)
        if os.geteuid() == 0:
            for path in (home, home / "password"):
                shutil.chown(path, SERVICE_USER, SERVICE_USER)
        _run(
            [
                *_lent_to_service_user(),
                *(str(_programs() / "initdb"), "-D", str(home / "data"), "--username=olka"),
                *(
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--no-instructions",
                    f"--pwfile={home / 'password'}",
                ),
                *("--auth-local=trust", "--auth-host=scram-sha-256"),
                *([] if durable else ["--no-sync"]),
            ]
        )
        with (home / "data" / "postgresql.conf").open("a") as settings:
            settings.write(_settings(server))
        _watch(server, owner)
        server.start()
    except BaseException:
        server.stop()
        raise
    return server


def _settings(server: Server) -> str:
    fast = "" if server.durable else "fsync = off\nfull_page_writes = off\n"
    return (
        f"listen_addresses = '127.0.0.1'\nport = {server.port}\nunix_socket_directories = '{server.home}'\n"
        f"max_connections = 200\nshared_buffers = 64MB\ntimezone = 'UTC'\n{fast}"
    )


def _watch(server: Server, owner: int) -> None:
    """Leaves a process behind that stops the server once `owner` is gone, even by kill -9."""
    home = shlex.quote(str(server.home))
    stop = shlex.join(server._pg_ctl("stop", "--mode=immediate"))
    script = (
        f"(while [ -d {home} ] && kill -0 {owner} 2>/dev/null; do sleep 1; done;"
        f" if [ -d {home} ]; then {stop}; rm -rf {home}; fi) &"
    )
    quiet = subprocess.DEVNULL
    subprocess.run(
        ["sh", "-c", script],
        cwd="/",
        stdin=quiet,
        stdout=quiet,
        stderr=quiet,
        start_new_session=True,
        check=True,
    )


def _run(command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
    # From / because the service user may not enter the folder we stand in.
    done = subprocess.run(
        command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False
    )
    if check and done.returncode != 0:
        raise ServerFailed(f"{shlex.join(command)}\n{done.stdout}{done.stderr}")
    return done


def _lent_to_service_user() -> list[str]:
    if os.geteuid() != 0:
        return []
    if runuser := shutil.which("runuser"):
        return [runuser, "-u", SERVICE_USER, "--"]
    if setpriv := shutil.which("setpriv"):
        return [setpriv, f"--reuid={SERVICE_USER}", f"--regid={SERVICE_USER}", "--init-groups"]
    return []


def _programs() -> Path:
    folder = programs()
    if folder is None:
        raise ServerFailed(available().reason)
    return folder


def _version(folder: Path) -> int:
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\d+", answer.stdout)
    return int(number[0]) if number and (folder / "initdb").exists() else 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
