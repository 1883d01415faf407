"""Who may see which page and do which act: the one table of operators' rights.

A role is a group of the same name (made by a migration). A superuser sees every page, runs no act without the role for it,
and passes the second factor like everybody.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    SUPPORT = "support"
    RISK = "risk"
    FINANCE_MAKER = "finance_maker"
    FINANCE_CHECKER = "finance_checker"
    MARKETING = "marketing"
    AUDITOR = "auditor"


Roles = frozenset[Role]
EVERYBODY: Roles = frozenset(Role)
FINANCE: Roles = frozenset({Role.FINANCE_MAKER, Role.FINANCE_CHECKER})
CARE: Roles = frozenset({Role.SUPPORT, Role.RISK})
AUDIT: Roles = frozenset({Role.AUDITOR})
MONEY: Roles = FINANCE | AUDIT
WORK: Roles = CARE | FINANCE | AUDIT

# Model label -> who sees its list and its rows.
PAGES: dict[str, Roles] = {
    "core.businessday": WORK,
    "core.tradingday": MONEY,
    "core.limitcounter": WORK,
    "core.cap": WORK | {Role.MARKETING},
    "core.idempotencyrecord": WORK,
    "core.outboxevent": WORK,
    "core.auditrecord": AUDIT | {Role.RISK},
    "core.auditblock": AUDIT,
    "core.approval": WORK,
    "core.workitem": WORK,
    "auth.user": AUDIT,
    "accounts.customer": WORK,
    "accounts.device": CARE | AUDIT,
    "accounts.devicesession": CARE | AUDIT,
    "accounts.realnamecheck": CARE | AUDIT,
    "accounts.realname": CARE | AUDIT,
    "accounts.consentdocument": WORK | {Role.MARKETING},
    "accounts.consent": CARE | AUDIT,
    "accounts.dataexport": CARE | AUDIT,
    "accounts.accountclosure": CARE | AUDIT,
    "accounts.classrule": WORK,
    "accounts.outflowlimit": WORK,
    "accounts.ledgeraccount": WORK,
    "accounts.journal": WORK,
    "accounts.hold": WORK,
    "accounts.sealblock": MONEY,
    "accounts.ledgerhalt": WORK,
    "accounts.periodclose": WORK,
    "accounts.backdating": WORK,
    "accounts.glcode": MONEY,
    "accounts.accountrole": MONEY,
    "accounts.eventtype": MONEY,
    "accounts.glrule": MONEY,
    "accounts.pinfreelimit": WORK,
    "accounts.paymentpin": CARE | AUDIT,
    "accounts.passkey": CARE | AUDIT,
    "payments.channelrequest": WORK,
    "payments.break": MONEY,
    "payments.channelnotice": MONEY | {Role.RISK},
    "payments.refusednotices": MONEY | {Role.RISK},
    "payments.channel": WORK,
    "payments.maintenancewindow": WORK,
    "payments.errorrule": WORK,
    "payments.routerule": WORK,
    "payments.breakerrule": WORK,
    "payments.channelhealth": WORK,
    "payments.reconrun": MONEY,
    "payments.reconline": MONEY,
    "payments.reconterms": MONEY,
    "payments.topup": WORK,
    "payments.withdrawal": WORK,
    "payments.transfer": WORK,
    "payments.walletterms": WORK | {Role.MARKETING},
    "payments.redpacket": WORK,
    "payments.collect": WORK,
    "payments.collectterms": WORK | {Role.MARKETING},
    "payments.redpacketterms": WORK | {Role.MARKETING},
    "payments.riskreview": WORK,
    "payments.riskdecision": WORK,
    "payments.risklistentry": WORK,
    "payments.riskrule": AUDIT | {Role.RISK, Role.FINANCE_CHECKER},
    "payments.riskterms": AUDIT | {Role.RISK, Role.FINANCE_CHECKER},
    "payments.paymentorder": WORK,
    "payments.refund": WORK,
    "payments.dispute": WORK,
    "payments.disputeterms": WORK | {Role.MARKETING},
    "payments.agreement": WORK,
    "payments.deduction": WORK,
    "payments.agreementterms": WORK | {Role.MARKETING},
    "payments.payercode": WORK,
    "payments.qrcode": WORK,
    "payments.qrterms": WORK | {Role.MARKETING},
    "payments.card": WORK,
    "payments.cardbinding": WORK,
    "payments.bank": WORK | {Role.MARKETING},
    "payments.cardbin": WORK,
    "payments.cardlimit": WORK | {Role.MARKETING},
    "payments.merchant": WORK,
    "payments.store": WORK,
    "payments.merchantapp": WORK,
    "payments.appkey": WORK,
    "payments.merchantrate": WORK | {Role.MARKETING},
    "payments.merchantterms": WORK | {Role.MARKETING},
    "payments.merchantcategory": WORK | {Role.MARKETING},
    "payments.merchantnotice": WORK,
    "payments.biller": WORK | {Role.MARKETING},
    "payments.billpayment": WORK,
    "payments.platformkey": MONEY | {Role.RISK},
    "payments.split": WORK,
    "payments.splitreceiver": WORK,
    "payments.settlement": WORK,
    "payments.merchantpayout": WORK,
    "payments.settlementadjustment": MONEY,
    "payments.settlementterms": MONEY,
    "wealth.suitabilityquestionnaire": WORK | {Role.MARKETING},
    "wealth.suitabilityprofile": WORK,
    "wealth.suitabilitywarning": WORK,
    "wealth.suitabilitydecision": WORK,
    "wealth.currentquote": WORK,
    "wealth.currentholding": WORK,
    "wealth.currentrun": WORK,
    "wealth.wealthorder": WORK,
    "wealth.fixedholding": WORK,
    "wealth.fixedrun": WORK,
    "wealth.transferoffer": WORK,
    "wealth.transfertrade": WORK,
    "wealth.portfolio": WORK,
    "wealth.portfoliototal": WORK,
    "wealth.portfolioterms": WORK | {Role.MARKETING},
    "wealth.insuranceapplication": WORK,
    "wealth.insuranceclaim": WORK,
    "wealth.insurancepolicy": WORK,
    "wealth.policypremium": WORK,
    "wealth.policypayout": WORK,
    "wealth.campaign": WORK | {Role.MARKETING},
    "wealth.campaignmilestone": WORK,
    "wealth.issuer": WORK,
    "wealth.issuerrequest": WORK,
    "wealth.issuerfile": MONEY,
    "wealth.issuerline": MONEY,
    "wealth.product": WORK | {Role.MARKETING},
    "wealth.productversion": WORK | {Role.MARKETING},
    "wealth.quotause": WORK | {Role.MARKETING},
    "wealth.modelportfolio": WORK | {Role.MARKETING},
    "wealth.advisorterms": WORK | {Role.MARKETING},
    "wealth.advisorplan": WORK,
    "wealth.investingplan": WORK,
    "credit.creditproduct": WORK | {Role.MARKETING},
    "credit.creditproductversion": WORK | {Role.MARKETING},
    "credit.pricecap": WORK | {Role.MARKETING},
    "credit.creditline": WORK,
    "credit.lineraise": WORK,
    "credit.draw": WORK,
}

CHARTS: Roles = WORK
"""Who opens the dashboard; each of its parts is for those who see the page it is about."""

# Act -> who runs it. Acts that move money or change a rule are not here: they go through core.approvals.
ACTS: dict[str, Roles] = {
    "export": MONEY | {Role.RISK},
    "approval.approve": FINANCE | {Role.RISK},
    "approval.reject": FINANCE | {Role.RISK},
    "approval.withdraw": FINANCE | CARE,
    "outbox.replay": FINANCE | {Role.RISK},
    "outbox.skip": frozenset({Role.FINANCE_MAKER, Role.RISK}),
    "business_day.rerun": FINANCE,
    "work.finish": FINANCE | CARE,
    "work.take": FINANCE | CARE,
    "customer.reveal": CARE,
    "customer.freeze": frozenset({Role.RISK}),
    "customer.unfreeze": CARE,
    "session.revoke": CARE,
    "consent_document.publish": frozenset({Role.RISK}),
    "ledger.propose": frozenset({Role.FINANCE_MAKER}),
    "card.suspend": CARE,
    "channel_request.ask": FINANCE | CARE,
    "issuer_request.ask": FINANCE | CARE,
    "issuer.switch": frozenset({Role.FINANCE_MAKER}),
    "issuer_file.fetch": FINANCE,
    "top_up.credit": frozenset({Role.FINANCE_MAKER}),
    "ledger.adjust": frozenset({Role.FINANCE_MAKER}),
    "reconciliation.go_on": FINANCE,
    "reconciliation.statement": FINANCE,
    "break.take": FINANCE,
    "break.close": frozenset({Role.FINANCE_MAKER}),
    "channel.connect": frozenset({Role.FINANCE_MAKER}),
    "top_up.refund": frozenset({Role.FINANCE_MAKER}),
    "order.give_back": frozenset({Role.FINANCE_MAKER}),
    "dispute.take": FINANCE | CARE,
    "dispute.decide": frozenset({Role.FINANCE_MAKER}),
    "dispute.file": FINANCE | CARE,
    "refund.decide": frozenset({Role.FINANCE_MAKER}),
    "withdrawal.pay": frozenset({Role.FINANCE_MAKER}),
    "card.unsign": FINANCE | CARE,
    "risk_review.take": frozenset({Role.RISK}),
    "risk_review.release": frozenset({Role.RISK}),
    "risk_review.refuse": frozenset({Role.RISK}),
    "risk_list.block": frozenset({Role.RISK}),
    "risk_list.change": frozenset({Role.RISK}),
    "risk_rule.switch": frozenset({Role.RISK}),
    "merchant.review": CARE,
    "merchant.suspend": frozenset({Role.RISK}),
    "merchant.reveal": CARE,
    "notice.take": FINANCE | CARE,
    "notice.resend": FINANCE | CARE,
    "qr_code.revoke": frozenset({Role.RISK}),
    "bill.go_on": FINANCE | CARE,
    "platform_key.rotate": frozenset({Role.RISK}),
    "settlement.take": FINANCE,
    "settlement.approve": frozenset({Role.FINANCE_MAKER}),
    "settlement.adjust": frozenset({Role.FINANCE_MAKER}),
    "settlement.prove": FINANCE,
    "settlement.statement": FINANCE,
    "current.quote": frozenset({Role.FINANCE_MAKER}),
    "current.catch_up": FINANCE,
    "wealth_order.decide": frozenset({Role.FINANCE_MAKER}),
    "fixed_term.decide": frozenset({Role.FINANCE_MAKER}),
    "insurance_application.take": FINANCE | CARE,
    "insurance_application.decide": frozenset({Role.RISK}),
    "insurance_claim.take": FINANCE | CARE,
    "insurance_claim.decide": frozenset({Role.FINANCE_MAKER}),
    "insurance_claim.file": FINANCE | CARE,
    "insurance_premium.send": frozenset({Role.FINANCE_MAKER}),
    "campaign.take": FINANCE | CARE,
    "campaign.decide": frozenset({Role.MARKETING, Role.FINANCE_MAKER}),
    "campaign_milestone.take": FINANCE | CARE,
    "campaign_milestone.decide": frozenset({Role.FINANCE_MAKER}),
    "product.draft": frozenset({Role.MARKETING, Role.FINANCE_MAKER}),
    "credit_product.draft": frozenset({Role.FINANCE_MAKER, Role.RISK}),
    "credit_line.propose": frozenset({Role.RISK, Role.FINANCE_MAKER}),
    "credit_line.freeze": frozenset({Role.RISK}),
    "credit_raise.take": FINANCE | CARE,
    "credit_product.simulate": FINANCE | CARE | {Role.MARKETING},
    "credit_product.suspend": frozenset({Role.RISK, Role.FINANCE_CHECKER}),
    "product.suspend": frozenset({Role.RISK, Role.FINANCE_CHECKER}),
}


def roles_of(user: Any) -> frozenset[str]:
    """The role names of a member of staff, read once for a request's user; nobody's for the anonymous."""
    held: frozenset[str] | None = getattr(user, "desk_roles", None)
    if held is None:
        held = frozenset(user.groups.values_list("name", flat=True)) if user.is_authenticated else frozenset()
        user.desk_roles = held
    return held


def sees(user: Any, label: str) -> bool:
    return bool(user.is_superuser or roles_of(user) & PAGES[label])


READER: ContextVar[Any] = ContextVar("desk_reader", default=None)
"""The member of staff a page is being made for."""


@contextmanager
def read_by(user: Any) -> Iterator[None]:
    token = READER.set(user)
    try:
        yield
    finally:
        READER.reset(token)


def opens(label: str) -> bool:
    """Whether the reader of the page being made may open another; for nobody in particular, whether all who work with the queues may."""
    reader = READER.get()
    return PAGES[label] >= WORK if reader is None else sees(reader, label)


def sees_charts(user: Any) -> bool:
    return bool(user.is_superuser or roles_of(user) & CHARTS)


def may(user: Any, act: str) -> bool:
    return bool(roles_of(user) & ACTS[act])
