"""The project's settings on the `test` instance of the embedded services, so that tests never touch a developer's data."""

import os
import tempfile

os.environ.setdefault("BANYAN_INSTANCE", "test")
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="banyan-metrics-"))

from config.settings import *  # noqa: F403  (after the instance is chosen)

SANDBOX_BANK_URL = ""  # a test that wants the bank starts one (tests/sandbox_bank.py) and plugs it in
