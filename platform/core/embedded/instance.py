"""Where one checkout keeps its embedded services: folders, ports and secrets of one named instance (`dev`, `test`)."""

import json
import os
import pwd
import secrets
import socket
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
SERVICE_USER = "nobody"
APPLICATION = "banyan_application"


@dataclass(frozen=True)
class Instance:
    """One set of embedded services: its data folder, its connection facts and the user its servers run as.

    `root` is the data folder; `run_as` is None when this process is not root and the servers run as itself.
    """

    name: str
    root: Path
    run_as: str | None

    @property
    def facts_file(self) -> Path:
        return self.root / "connection.json"

    def facts(self) -> dict[str, str | int]:
        """Ports and passwords of this instance; written on first use, kept for the life of the data folder."""
        if not self.facts_file.exists():
            return self.new_facts()
        facts: dict[str, str | int] = json.loads(self.facts_file.read_text())
        return facts if "application_password" in facts else self.new_facts(**facts)

    def new_facts(self, **keep: str | int) -> dict[str, str | int]:
        """Write fresh ports (and secrets, unless given in `keep`) and return them."""
        facts: dict[str, str | int] = {
            "postgres_port": free_port(),
            "postgres_password": secrets.token_urlsafe(24),
            "application_password": secrets.token_urlsafe(24),
            "valkey_port": free_port(),
            "valkey_password": secrets.token_urlsafe(24),
        }
        facts.update(keep)
        self.root.mkdir(parents=True, exist_ok=True)
        draft = self.facts_file.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(facts, indent=1))
        draft.replace(self.facts_file)
        return facts

    def database_url(self) -> str:
        facts = self.facts()
        return f"postgres://postgres:{facts['postgres_password']}@127.0.0.1:{facts['postgres_port']}/banyan"

    def application_url(self) -> str:
        """The same database as the role that may not change the books: what web and workers connect with."""
        facts = self.facts()
        return f"postgres://{APPLICATION}:{facts['application_password']}@127.0.0.1:{facts['postgres_port']}/banyan"

    def redis_url(self) -> str:
        facts = self.facts()
        return f"redis://:{facts['valkey_password']}@127.0.0.1:{facts['valkey_port']}/0"


def current_instance(name: str | None = None) -> Instance:
    """The instance this process works with: `name`, or BANYAN_INSTANCE, or `dev`."""
    chosen = name or os.environ.get("BANYAN_INSTANCE", "dev")
    if os.geteuid() != 0:
        return Instance(chosen, CHECKOUT / "var" / chosen, None)
    if readable_by_service_user(CHECKOUT):
        return Instance(chosen, CHECKOUT / "var" / chosen, SERVICE_USER)
    return Instance(chosen, outside_folder() / chosen, SERVICE_USER)


def readable_by_service_user(folder: Path) -> bool:
    """Whether the unprivileged user can walk down to `folder` (PostgreSQL refuses to run as root)."""
    return all(parent.stat().st_mode & 0o001 for parent in [folder, *folder.parents])


def outside_folder() -> Path:
    """A data folder for a checkout the service user cannot walk into; one per checkout, found again by its path's hash."""
    mark = sha256(str(CHECKOUT).encode()).hexdigest()[:12]
    base = Path("/var/lib") if Path("/var/lib").is_dir() else Path(tempfile.gettempdir())
    return base / f"banyan-{mark}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def service_ids(user: str) -> tuple[int, int]:
    entry = pwd.getpwnam(user)
    return entry.pw_uid, entry.pw_gid
