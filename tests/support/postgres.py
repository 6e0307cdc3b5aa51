"""A PostgreSQL server of the tests' own: Debian's binaries, loopback, fsync on, gone at the end."""

import asyncio
import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import psutil

from rs_server.db.migrate import migrate
from tests.support.demo import free_ports

T = TypeVar("T")

PASSWORD = "known-to-the-tests"
_numbers = itertools.count()


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, of the newest version there is; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def missing() -> str | None:
    """Why there can be no PostgreSQL here; None when there can."""
    if binaries() is None:
        return "not installed: postgresql"
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return "not installed: setpriv (PostgreSQL refuses to be root)"
    return None


def apart(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it in a loop and thread of its own, whatever loop is running here."""
    answers: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(asyncio.run(work()))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return answers[0]


class Postgres:
    """A running server. Databases are made from templates, which is quick."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None
        self._templates: set[str] = set()

    def url(self, database: str, password: str = PASSWORD) -> str:
        return f"postgresql+asyncpg://deskside:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        folder = binaries()
        assert folder is not None
        options = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "fsync": "on",
            "shared_buffers": "64MB",
            "max_connections": "200",
            "log_min_messages": "warning",
        }
        command = [str(folder / "postgres"), "-D", str(self.folder / "data")]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(_as_nobody_special(command, bound=True), stdout=log, stderr=log)
        self._wait_until_there()

    def _wait_until_there(self) -> None:
        end = time.monotonic() + 30
        while True:
            try:
                self.run("SELECT 1")
                return
            except (OSError, asyncpg.PostgresError):
                assert self.process is not None
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}") from None
                time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(20)
            self.process = None

    def kill(self) -> None:
        """As a crash does. Its children notice that it is gone, and end."""
        if self.process is not None:
            children = psutil.Process(self.process.pid).children(recursive=True)
            self.process.kill()
            self.process.wait(20)
            self.process = None
            # Before that the next one would find their memory in use.
            psutil.wait_procs(children, 20)

    def run(self, *statements: str, database: str = "postgres") -> None:
        async def work() -> None:
            connection = await asyncpg.connect(
                self.url(database).replace("+asyncpg", ""), timeout=10, server_settings={"application_name": "tests"}
            )
            try:
                for statement in statements:
                    await connection.execute(statement)
            finally:
                await connection.close()

        apart(work)

    def template(self, name: str, fill: Callable[[str], Coroutine[Any, Any, None]]) -> str:
        """A database that others begin as; `fill` gets its URL when it is not there yet."""
        if name not in self._templates:
            self.run(f"CREATE DATABASE {name}")
            apart(lambda: fill(self.url(name)))
            self._templates.add(name)
        return name

    @contextlib.contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """URL of a database of one's own, migrated (or as `template`), dropped afterwards."""
        template = template or self.template("migrated", migrate)
        name = f"t{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def running() -> Iterator[Postgres]:
    folder = binaries()
    assert folder is not None
    with tempfile.TemporaryDirectory(prefix="deskside-pg-") as name:
        home = Path(name)
        home.chmod(0o755)
        secret = home / "password"
        secret.write_text(PASSWORD)
        if os.geteuid() == 0:
            user = pwd.getpwnam(_user())
            for path in (home, secret):
                os.chown(path, user.pw_uid, user.pw_gid)
        initdb = [str(folder / "initdb"), "-D", str(home / "data"), "-U", "deskside", "-A", "scram-sha-256"]
        initdb += [f"--pwfile={secret}", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        made = subprocess.run(_as_nobody_special(initdb), capture_output=True, text=True, check=False, cwd=home)
        if made.returncode != 0:
            raise RuntimeError(f"initdb: {made.stderr}")
        server = Postgres(home, free_ports(1)[0])
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _user() -> str:
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


def _as_nobody_special(command: list[str], *, bound: bool = False) -> list[str]:
    """PostgreSQL refuses to be root. `bound`: it ends with this process."""
    become = ["--pdeathsig", "INT"] if bound else []
    if os.geteuid() == 0:
        user = pwd.getpwnam(_user())
        become += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return ["setpriv", *become, *command] if become and shutil.which("setpriv") else command
