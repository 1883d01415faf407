"""What goes wrong at the sandbox bank on a simulated day, drawn from the seed."""

from random import Random

from config.demo.bank import Bank

MONEY = ["payment", "refund", "payout"]
ASKING = ["payment_query", "refund_query", "payout_query", "request_query"]
FAULTS: tuple[tuple[str, dict[str, int | str], list[str]], ...] = (
    ("timeout_before_effect", {}, MONEY),
    ("timeout_after_effect", {}, MONEY),
    ("timeout_after_effect", {}, ASKING),
    ("http_500_burst", {"n": 2}, MONEY),
    ("http_500_burst", {"n": 2, "after_effect": True}, MONEY),
    ("system_busy", {}, MONEY),
    ("forged_response", {}, MONEY),
    ("forged_response", {}, ASKING),
    ("decline", {}, MONEY),
    ("processing_then_success", {"after_ms": 2_000}, MONEY),
    ("processing_then_failed", {"after_ms": 2_000}, MONEY),
    ("payout_returned", {"after_ms": 2_000}, ["payout"]),
)
MOST_A_DAY = 4


def of_day(random: Random, bank: Bank) -> int:
    """Set up to MOST_A_DAY switches, each for one to three requests. Returns how many."""
    chosen = random.sample(FAULTS, random.randint(0, MOST_A_DAY))
    for name, params, operations in chosen:
        bank.call("POST", "/control/faults", {"name": name, "params": params, "operations": operations, "times": random.randint(1, 3)})
    return len(chosen)


def clear(bank: Bank) -> None:
    bank.call("DELETE", "/control/faults")
