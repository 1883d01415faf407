"""Create a virtual environment where it is missing and install a hashed requirements file into it.

pip compiles nothing, since Python compiles by itself what is imported, when it is; and it resolves nothing, since the file
names every package with its hashes (20 s instead of 25 s on 2 cores). Another installer would be faster, but would read neither
pip's cache nor pip's settings (mirrors, certificates), and a fresh machine has none.
"""

import subprocess
import sys
import venv
from pathlib import Path

PIP_OPTIONS = ("--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps", "--require-hashes")
OLDEST, NEWEST = (3, 11), (3, 13)


def main(folder: str, requirements: str) -> int:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.stderr.write(f"Banyan needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}. Use: make PYTHON=python3.12 ...\n")
        return 1
    python = Path(folder) / "bin" / "python"
    if not python.exists():
        sys.stderr.write(f"Creating {folder} ...\n")
        try:
            venv.create(folder, with_pip=True)
        except subprocess.CalledProcessError:
            sys.stderr.write("This Python has no ensurepip: install your system's python3-venv package, then run make again.\n")
            return 1
    sys.stderr.write(f"Installing {requirements} ...\n")
    command = [str(python), "-m", "pip", "install", *PIP_OPTIONS, "-r", requirements]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
