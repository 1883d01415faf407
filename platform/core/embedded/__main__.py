"""`python -m core.embedded up | down | url | run -- COMMAND...`: the embedded services from the command line."""

import os
import signal
import subprocess
import sys

from core.embedded.instance import current_instance
from core.embedded.services import Services, ServicesNotStarted

USAGE = "usage: python -m core.embedded up | down | url | run -- COMMAND..."


def main(words: list[str]) -> int:
    services = Services(current_instance())
    try:
        match words:
            case ["up"]:
                services.start()
            case ["down"]:
                services.stop()
            case ["url"]:
                sys.stdout.write(f"{services.instance.database_url()}\n{services.instance.redis_url()}\n")
            case ["run", "--", *command] if command:
                return run(services, command)
            case _:
                sys.stderr.write(f"{USAGE}\n")
                return 2
    except ServicesNotStarted as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


def run(services: Services, command: list[str]) -> int:
    """Run a command with the services up, pass its exit code on, and stop what this call started."""
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return subprocess.run(command, check=False).returncode
    started = services.start()
    child = subprocess.Popen(command)
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        return child.wait()
    finally:
        if started:
            services.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
