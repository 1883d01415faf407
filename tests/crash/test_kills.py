"""Killed processes: what was acknowledged stays, nothing happens twice, and what was not acknowledged can be asked for again."""

import httpx
import pytest

from tests.crash.stack import Stack, entries
from tests.crash.transfers import assert_each_happened_once, people, send_all_while, wait_for_answers, wait_for_delivery

pytestmark = [pytest.mark.xdist_group("crash"), pytest.mark.timeout(600)]
KEPT_BY_TOOLS = {"var", "__pycache__", ".hypothesis", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".coverage", "staticfiles"}


def test_a_web_process_killed_ten_times_loses_and_repeats_nothing(stack: Stack) -> None:
    facts = people(stack)

    def harm(answers: list[httpx.Response]) -> None:
        for number in range(9):
            wait_for_answers(answers, 2 * number + 1)
            stack.kill_children("web")
        stack.kill("web")
        stack.start("web")

    assert_each_happened_once(stack, facts, send_all_while(stack, facts, harm))


def test_postgresql_killed_five_times_loses_and_repeats_nothing(stack: Stack) -> None:
    facts = people(stack)

    def harm(answers: list[httpx.Response]) -> None:
        for number in range(5):
            wait_for_answers(answers, 4 * number + 1)
            stack.kill_postgres()

    assert_each_happened_once(stack, facts, send_all_while(stack, facts, harm))


def test_news_arrives_although_the_worker_is_killed(stack: Stack) -> None:
    facts = people(stack)

    def harm(answers: list[httpx.Response]) -> None:
        for number in range(3):
            wait_for_answers(answers, 6 * number + 1)
            stack.kill("worker")
            stack.start("worker")

    assert_each_happened_once(stack, facts, send_all_while(stack, facts, harm))
    wait_for_delivery(stack)


def test_news_arrives_although_the_workers_child_is_killed_in_the_middle_of_its_tasks(stack: Stack) -> None:
    """The worker goes on with a new child; what the dead one had leased comes due again and is handed out by the sweep."""
    facts = people(stack)
    worker = stack.processes["worker"].pid

    def harm(answers: list[httpx.Response]) -> None:
        for number in range(3):
            wait_for_answers(answers, 6 * number + 1)
            stack.kill_children("worker")

    assert_each_happened_once(stack, facts, send_all_while(stack, facts, harm))
    wait_for_delivery(stack)
    assert (stack.processes["worker"].pid, stack.processes["worker"].poll()) == (worker, None), "the worker itself lived on"


def test_the_stack_left_nothing_in_the_checkout(stack: Stack) -> None:
    """Nothing that was not there before its first process, but for what other tests of this run may keep there."""
    assert entries() - stack.found - KEPT_BY_TOOLS == set()
