"""Tests that may not run at the same time (one stack, one pair of databases) are groups that one worker runs."""

import pytest


@pytest.mark.xdist_group("house")
def test_the_runner_knows_which_tests_are_one_group(request: pytest.FixtureRequest, worker_id: str) -> None:
    if worker_id == "master":
        pytest.skip("one process runs one test at a time")
    assert request.node.nodeid.endswith("@house"), "the runner takes no notice of groups: a version that does is needed"
