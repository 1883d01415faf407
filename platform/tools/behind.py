"""What `make run` does once the web answers: show where everything is, make the demo if there is none, let the workers start.

Then it becomes the clock (beat), which needs the demo made before it ticks.
"""

import os
import subprocess
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

LOOK_AGAIN_S = 0.2
ANSWER_S = 5


def main(begun: str, *beat: str) -> None:
    """`begun`: wall time of the start in seconds; `beat`: the command to become. Raises SystemExit with the code of a demo that failed."""
    wait_for_web(int(os.environ["WEB_PORT"]))
    say(addresses(time.time() - float(begun)))
    people = Path(os.environ["LOGINS_FILE"])
    growing = people.with_suffix(".growing")
    command = [sys.executable, "manage.py", "prepare", "--demo", str(growing), *os.environ["DEMO_SIZE"].split()]
    code = subprocess.run(command, check=False).returncode
    if code:
        raise SystemExit(code)
    growing.rename(people)
    say(["", *[f"  {line}" for line in people.read_text().splitlines()], ""])
    os.execv(beat[0], beat)  # noqa: S606  (the same process under another program: that is what stops with the rest)


def wait_for_web(port: int) -> None:
    """Until it is ready, or answers otherwise (a Host that ALLOWED_HOSTS does not name): it is up. One that never is ends by itself, and
    this process with it."""
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_S)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status != HTTPStatus.SERVICE_UNAVAILABLE:
                return
        except (HTTPException, OSError):
            pass
        finally:
            connection.close()
        time.sleep(LOOK_AGAIN_S)


def addresses(seconds: float) -> list[str]:
    web, bank, issuer = (os.environ[name] for name in ("PUBLIC_URL", "SANDBOX_BANK_URL", "SANDBOX_ISSUER_URL"))
    return [
        "",
        f"  Banyan is up after {seconds:.0f} s. Ctrl-C stops everything. Who can log in follows below.",
        "",
        f"  API docs      {web}/v1/docs      (Redoc: {web}/v1/redoc, schema: {web}/v1/schema)",
        f"  Admin         {web}/admin/",
        f"  Sandbox bank  {bank}/      test people, cards, fault switches",
        f"  SMS inbox     {bank}/inbox",
        f"  Issuer        {issuer}/      products, orders, fault switches",
        "",
    ]


def say(lines: list[str]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
