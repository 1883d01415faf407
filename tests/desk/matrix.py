"""The authorisation matrix of the desk, written out: which role opens which page and runs which act.

It repeats platform/core/desk/roles.py on purpose: a right changed there by mistake fails here.
"""

ROLES = ("support", "risk", "finance_maker", "finance_checker", "marketing", "auditor")
S, R, M, C, K, A = ROLES

PAGES: dict[str, set[str]] = {
    "core.businessday": {S, R, M, C, A},
    "core.tradingday": {M, C, A},
    "core.limitcounter": {S, R, M, C, A},
    "core.idempotencyrecord": {S, R, M, C, A},
    "core.auditrecord": {R, A},
    "core.auditblock": {A},
    "core.approval": {S, R, M, C, A},
    "auth.user": {A},
}

# Tables whose form proposes a change (maker-checker): who is offered it.
PROPOSE: dict[str, set[str]] = {"core.tradingday": {M}}

# Acts by (page, path).
ACTS: dict[tuple[str, str], set[str]] = {
    ("core.approval", "approve"): {R, M, C},
    ("core.approval", "reject"): {R, M, C},
    ("core.approval", "withdraw"): {S, R, M, C},
}
EXPORT = {R, M, C, A}
