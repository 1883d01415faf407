"""The parts of one running issuer."""

from dataclasses import dataclass
from pathlib import Path

from sandbox.issuer.days import IssuerClock
from sandbox.issuer.keys import Pen, own_key
from sandbox.issuer.orders import plant
from sandbox.signing import SeenNonces
from sandbox.store import Store

SCHEMA = Path(__file__).parent / "schema.sql"


@dataclass(frozen=True)
class Office:
    """Its store, clock, pen and the nonces it has seen; `hold_ms`: how long a connection that will be cut is held."""

    store: Store
    clock: IssuerClock
    pen: Pen
    nonces: SeenNonces
    hold_ms: int


def open_office(data_dir: Path, hold_ms: int) -> Office:
    """Open the store and key in `data_dir`, made with mode 0700 when they are not there."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = Store(data_dir / "issuer.sqlite3", SCHEMA)
    with store.write() as tx:
        plant(tx)
    return Office(store, IssuerClock(store), Pen(own_key(data_dir)), SeenNonces(), hold_ms)
