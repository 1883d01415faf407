"""The sandbox issuer for tests: starts the real process on a free loopback port and talks to it.

from tests.sandbox_issuer import sandbox_issuer  # noqa: F401

def test_x(sandbox_issuer):
    party = sandbox_issuer.party()                       # registered, with a signing HTTP client
    sandbox_issuer.switch("hang_after", number="ISR1")
"""

import base64
import itertools
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from tests.sandbox_bank import PLATFORM, free_port, signed_text

START_S = 120.0  # only guards against waiting for ever
numbers = itertools.count(1)


@dataclass
class SandboxIssuer:
    """A running issuer."""

    data_dir: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30, trust_env=False))

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the process and wait until it answers."""
        command = [sys.executable, "-m", "sandbox.issuer", "--port", str(self.port), "--data", str(self.data_dir), "--hold-ms", "100"]
        log = (self.data_dir.parent / f"{self.data_dir.name}.log").open("ab")
        with log:
            environment = os.environ | {"PYTHONPATH": str(PLATFORM)}
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + START_S
        while True:
            try:
                if self.http.get(f"{self.base_url}/healthz").status_code == 200:
                    return
            except httpx.HTTPError:
                assert self.process.poll() is None, "the sandbox issuer died at its start; see its log"
                assert time.monotonic() < deadline, "the sandbox issuer did not answer in time"
                time.sleep(0.05)

    def kill(self, with_signal: int = signal.SIGKILL) -> None:
        """End the process group and wait for it."""
        assert self.process is not None
        os.killpg(self.process.pid, with_signal)
        self.process.wait(timeout=60)
        self.http.close()
        self.http = httpx.Client(timeout=30, trust_env=False)

    def control(self, method: str, path: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call of the control plane; its answer."""
        answer = self.http.request(method, f"{self.base_url}/control/{path}", json=content)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    def switch(self, name: str, *, times: int = 1, **conditions: Any) -> None:
        self.control("POST", "switches", {"name": name, "times": times, **conditions})

    def switches_off(self) -> None:
        self.control("DELETE", "switches")

    def now(self, text: str) -> None:
        """Set its clock, in Shanghai time."""
        self.control("PUT", "clock", {"now": f"{text}+08:00"})

    def party(self) -> "Party":
        """A party of its own."""
        name, key = f"party{next(numbers)}{secrets.token_hex(3)}", Ed25519PrivateKey.generate()
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        shown = self.control("PUT", f"parties/{name}", {"public_key_pem": pem})
        theirs = load_pem_public_key(shown["issuer_public_key_pem"].encode())
        assert isinstance(theirs, Ed25519PublicKey)
        return Party(self, name, key, theirs)


@dataclass
class Party:
    """Somebody who orders there."""

    issuer: SandboxIssuer
    name: str
    key: Ed25519PrivateKey
    theirs: Ed25519PublicKey

    def call(self, method: str, path: str, content: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """A signed exchange; the answer's signature is verified."""
        body = b"" if content is None else orjson.dumps(content)
        timestamp, nonce = str(int(time.time())), secrets.token_hex(12)
        signature = base64.b64encode(self.key.sign(signed_text(method, path, timestamp, nonce, body))).decode()
        sent = {"Issuer-Party": self.name, "Issuer-Timestamp": timestamp, "Issuer-Nonce": nonce, "Issuer-Signature": signature} | headers
        answer = self.issuer.http.request(method, self.issuer.base_url + path, content=body, headers=sent)
        told = answer.headers
        message = signed_text(str(answer.status_code), sent["Issuer-Nonce"], told["Issuer-Timestamp"], told["Issuer-Nonce"], answer.content)
        self.theirs.verify(base64.b64decode(told["Issuer-Signature"]), message)
        return answer

    def order(self, operation: str, **content: Any) -> httpx.Response:
        return self.call("POST", f"/v1/orders/{operation}", content)

    def file(self, day: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A day's file, its own signature verified: the sums and the lines."""
        answer = self.call("GET", f"/v1/files/{day}")
        assert answer.status_code == 200, answer.text
        text, last = answer.content[: answer.content.rstrip(b"\n").rfind(b"\n") + 1], answer.content.rstrip(b"\n").split(b"\n")[-1]
        self.theirs.verify(base64.b64decode(orjson.loads(last)["signature"]), text)
        head, *lines = (orjson.loads(line) for line in text.splitlines())
        return head, lines


@pytest.fixture(scope="session")
def sandbox_issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxIssuer]:
    """The session's issuer, with short holds."""
    issuer = SandboxIssuer(tmp_path_factory.mktemp("issuer") / "issuer", free_port())
    issuer.start()
    try:
        yield issuer
    finally:
        issuer.kill()
