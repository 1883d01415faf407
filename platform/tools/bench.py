"""`make bench [ARGS="name ... --flag ..."]`: run the benchmarks one after another, each in its own process; every figure is a
ratio in one run. Flags (`--smoke`, `--json`, `--seconds N`, `--rounds N`) go to each benchmark."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "bench"


def main(words: list[str]) -> int:
    start = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
    chosen, flags = words[:start], words[start:]
    scripts = {file.stem: file for file in sorted(FOLDER.glob("*.py")) if not file.stem.startswith("_")}
    unknown = set(chosen) - set(scripts)
    if unknown:
        sys.stderr.write(f"no benchmark called {', '.join(sorted(unknown))}; there are: {', '.join(scripts)}\n")
        return 2
    failed = []
    for name in chosen or scripts:
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        if subprocess.run([sys.executable, str(scripts[name]), *flags], check=False).returncode:
            failed.append(name)
    if failed:
        sys.stdout.write(f"failed: {', '.join(failed)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
