"""Wait for a file, then become a command: what may only start when the demo is made, without importing anything before."""

import os
import sys
import time
from pathlib import Path

LOOK_AGAIN_S = 0.2


def main(wanted: str, *command: str) -> None:
    """Never returns. Only a signal ends the waiting."""
    while not Path(wanted).exists():
        time.sleep(LOOK_AGAIN_S)
    os.execv(command[0], command)  # noqa: S606  (the same process under another program: that is what stops with the rest)


if __name__ == "__main__":
    main(*sys.argv[1:])
