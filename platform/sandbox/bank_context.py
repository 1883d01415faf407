"""The parts of one running bank, handed to every operation."""

import hashlib
import sqlite3
from dataclasses import dataclass

from sandbox.activity import Activity
from sandbox.clock import Clock
from sandbox.config import Config
from sandbox.faults import FaultBook
from sandbox.keys import own_key, public_pem
from sandbox.settings import Settings
from sandbox.signing import SeenNonces, Signer
from sandbox.store import Store

Tx = sqlite3.Connection
Row = sqlite3.Row


@dataclass(frozen=True)
class Bank:
    """One bank: its store, clock, settings, faults and pen."""

    config: Config
    store: Store
    clock: Clock
    settings: Settings
    faults: FaultBook
    signer: Signer
    nonces: SeenNonces
    activity: Activity
    public_key_pem: str


def open_bank(config: Config) -> Bank:
    """Open the store and keys in `config.data_dir`, made with mode 0700 when they are not there."""
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = Store(config.data_dir / "bank.sqlite3")
    settings = Settings(store, config)
    key = own_key(config.data_dir)
    return Bank(
        config=config,
        store=store,
        clock=Clock(store),
        settings=settings,
        faults=FaultBook(store, lambda: settings.values.magic_amounts),
        signer=Signer(key),
        nonces=SeenNonces(),
        activity=Activity(),
        public_key_pem=public_pem(key),
    )


def derived(prefix: str, *parts: str, length: int = 16) -> str:
    """A number that follows from what it names, so that the same run gives the same numbers: hex of a hash."""
    return prefix + hashlib.sha256("\x1f".join((prefix, *parts)).encode()).hexdigest()[:length].upper()
