"""The project's settings on the `test` instance of the embedded services, so that tests never touch a developer's data."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("BANYAN_INSTANCE", "test")
os.environ.setdefault("LOG_LEVEL", "WARNING")
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    metrics = tempfile.mkdtemp(prefix="banyan-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics
    atexit.register(shutil.rmtree, metrics, ignore_errors=True)

from config.settings import *  # noqa: F403  (after the instance is chosen)

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405  (white noise looks for it in every client a test makes)
CHANNEL_SEATS = OUTBOUND_SEATS = 64  # many threads of one test are many web processes
SANDBOX_BANK_URL = ""  # a test that wants the bank starts one (tests/sandbox_bank.py) and plugs it in
SANDBOX_ISSUER_URL = ""  # as the bank: tests/sandbox_issuer.py
ALIPAY_GATEWAY_URL = ALIPAY_BILL_URL = WECHAT_PAY_URL = ""  # nothing calls out: a test that wants a peer starts one on loopback and sets it
STRIPE_URL = ""
