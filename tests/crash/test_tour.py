"""README's five minutes as a customer, pasted into a shell against a running platform."""

import re
import subprocess

import pytest

from tests.crash.stack import ROOT, Stack

pytestmark = [pytest.mark.xdist_group("crash"), pytest.mark.timeout(600)]
TOUR = re.compile(r"<!-- tour -->(.*?)<!-- end of tour -->", re.DOTALL)
BLOCK = re.compile(r"```bash\n(.*?)```", re.DOTALL)


def test_the_tour_of_the_readme_works_as_printed(stack: Stack) -> None:
    match = TOUR.search((ROOT / "README.md").read_text())
    assert match is not None
    script = "set -eu -o pipefail\n" + "\n".join(BLOCK.findall(match[1]))
    environment = {"WEB": stack.url, "BANK": stack.bank_url, "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent"}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout
    assert said.count('"state":"matched"') == 2, said
    assert '"posted":15000' in said, said
    assert '"posted":5000' in said, said
    assert '"state":"paid"' in said, said
    assert "urn:banyan:problem" not in said, said
    assert "The books balance." in stack.manage("ledger_check")
