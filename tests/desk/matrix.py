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
    "core.outboxevent": {S, R, M, C, A},
    "core.workitem": {S, R, M, C, A},
    "core.auditrecord": {R, A},
    "core.auditblock": {A},
    "core.approval": {S, R, M, C, A},
    "auth.user": {A},
    "accounts.customer": {S, R, M, C, A},
    "accounts.device": {S, R, A},
    "accounts.devicesession": {S, R, A},
    "accounts.realnamecheck": {S, R, A},
    "accounts.realname": {S, R, A},
    "accounts.consentdocument": {S, R, M, C, K, A},
    "accounts.consent": {S, R, A},
    "accounts.dataexport": {S, R, A},
    "accounts.accountclosure": {S, R, A},
    "accounts.classrule": {S, R, M, C, A},
    "accounts.outflowlimit": {S, R, M, C, A},
    "accounts.ledgeraccount": {S, R, M, C, A},
    "accounts.journal": {S, R, M, C, A},
    "accounts.hold": {S, R, M, C, A},
    "accounts.sealblock": {M, C, A},
    "accounts.ledgerhalt": {S, R, M, C, A},
    "accounts.periodclose": {S, R, M, C, A},
    "accounts.backdating": {S, R, M, C, A},
    "payments.channelrequest": {S, R, M, C, A},
    "payments.break": {M, C, A},
    "payments.channelnotice": {R, M, C, A},
    "payments.refusednotices": {R, M, C, A},
    "payments.channel": {S, R, M, C, A},
    "payments.maintenancewindow": {S, R, M, C, A},
    "payments.errorrule": {S, R, M, C, A},
    "payments.breakerrule": {S, R, M, C, A},
    "payments.channelhealth": {S, R, M, C, A},
    "payments.topup": {S, R, M, C, A},
    "payments.withdrawal": {S, R, M, C, A},
    "payments.transfer": {S, R, M, C, A},
    "payments.walletterms": {S, R, M, C, K, A},
    "payments.redpacket": {S, R, M, C, A},
    "payments.redpacketterms": {S, R, M, C, K, A},
    "payments.card": {S, R, M, C, A},
    "payments.cardbinding": {S, R, M, C, A},
    "payments.bank": {S, R, M, C, K, A},
    "payments.cardbin": {S, R, M, C, A},
    "payments.cardlimit": {S, R, M, C, K, A},
}

# Tables whose form proposes a change (maker-checker): who is offered it.
PROPOSE: dict[str, set[str]] = {
    "core.tradingday": {M},
    "accounts.classrule": {M},
    "accounts.outflowlimit": {M},
    "accounts.backdating": {M},
    "payments.channel": {M},
    "payments.maintenancewindow": {M},
    "payments.errorrule": {M},
    "payments.breakerrule": {M},
    "payments.walletterms": {M},
    "payments.redpacketterms": {M},
    "payments.bank": {M},
    "payments.cardbin": {M},
    "payments.cardlimit": {M},
}
NOT_ADDED = {"payments.channel"}

# Acts by (page, path).
ACTS: dict[tuple[str, str], set[str]] = {
    ("core.businessday", "rerun"): {M, C},
    ("core.approval", "approve"): {R, M, C},
    ("core.approval", "reject"): {R, M, C},
    ("core.approval", "withdraw"): {S, R, M, C},
    ("core.outboxevent", "replay"): {R, M, C},
    ("core.outboxevent", "skip"): {R, M},
    ("core.outboxevent", "replay-topic"): {R, M, C},
    ("core.workitem", "finish"): {S, R, M, C},
    ("accounts.customer", "reveal"): {S, R},
    ("accounts.customer", "revoke"): {S, R},
    ("accounts.customer", "freeze"): {R},
    ("accounts.customer", "unfreeze"): {S, R},
    ("accounts.devicesession", "revoke"): {S, R},
    ("accounts.realnamecheck", "reveal"): {S, R},
    ("accounts.realname", "reveal"): {S, R},
    ("accounts.consentdocument", "publish"): {R},
    ("accounts.ledgeraccount", "state"): {M},
    ("accounts.ledgeraccount", "mode"): {M},
    ("accounts.ledgerhalt", "lift"): {M},
    ("accounts.periodclose", "close"): {M},
    ("payments.channelrequest", "ask"): {S, R, M, C},
    ("payments.topup", "credit"): {M},
    ("accounts.journal", "adjust"): {M},
    ("payments.break", "close"): {M},
    ("payments.channel", "connect"): {M},
    ("payments.topup", "refund-again"): {M},
    ("payments.topup", "paid-by-hand"): {M},
    ("payments.withdrawal", "paid-by-hand"): {M},
    ("payments.card", "unsign-again"): {S, R, M, C},
    ("payments.card", "unsign-taken"): {S, R, M, C},
    ("payments.card", "suspend"): {S, R},
    ("payments.card", "resume"): {S, R},
}
EXPORT = {R, M, C, A}

# Pages that are no table: URL name -> who opens them.
OWN_PAGES: dict[str, set[str]] = {
    "ledger_trial_balance": {S, R, M, C, A},
    "ledger_open_items": {S, R, M, C, A},
}
