"""What `make run` does once the web answers: show where everything is, make the demo if there is none, let the workers start, keep the clock."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

LOOK_AGAIN_S = 0.2
ANSWER_S = 5


def main(begun: str, *beat: str) -> int:
    """`begun` is the wall time of the start in seconds; `beat` the command this process becomes. Returns the exit code of a demo that failed."""
    wait_for(f"{os.environ['PUBLIC_URL']}/readyz")
    say(addresses(time.time() - float(begun)))
    people = Path(os.environ["LOGINS_FILE"])
    growing = people.with_suffix(".growing")
    command = [sys.executable, "manage.py", "prepare", "--demo", str(growing), *os.environ["DEMO_SIZE"].split()]
    code = subprocess.run(command, check=False).returncode
    if code:
        return code
    growing.rename(people)
    say(["", *[f"  {line}" for line in people.read_text().splitlines()], ""])
    os.execv(beat[0], beat)


def wait_for(url: str) -> None:
    """Until it answers 200. The web process that never does ends by itself, and this one with it."""
    while True:
        try:
            with urllib.request.urlopen(url, timeout=ANSWER_S):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(LOOK_AGAIN_S)


def addresses(seconds: float) -> list[str]:
    web, bank = os.environ["PUBLIC_URL"], os.environ["SANDBOX_BANK_URL"]
    return [
        "",
        f"  Banyan is up after {seconds:.0f} s. Ctrl-C stops everything. Who can log in follows below.",
        "",
        f"  API docs      {web}/v1/docs      (Redoc: {web}/v1/redoc, schema: {web}/v1/schema)",
        f"  Admin         {web}/admin/",
        f"  Sandbox bank  {bank}/      test people, cards, fault switches",
        f"  SMS inbox     {bank}/inbox",
        "",
    ]


def say(lines: list[str]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
