"""`python tests/payments/localstripe_process.py PORT`: localstripe on loopback alone, keeping nothing on disk."""

import sys
from typing import Any

from aiohttp import web
from localstripe.resources import Store
from localstripe.server import app


def nowhere(store: Any) -> None:
    """It would keep all it has in the machine's common folder at every call."""


if __name__ == "__main__":
    Store.dump_to_disk = nowhere
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
