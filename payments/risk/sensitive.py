"""Acts of risk that a second person approves: letting a large amount go on, and whatever makes the platform less strict."""

from datetime import datetime
from uuid import UUID

from core.approvals.register import Payload, register
from core.desk.roles import Role
from core.ids import parse_public_id
from core.moves import WrongState
from payments.risk import queries
from payments.risk.models import RiskListEntry
from payments.risk.services import lists, reviews, switching

RISK = {str(Role.RISK)}
CHECKERS = {str(Role.RISK), str(Role.FINANCE_CHECKER)}


def review_id(payload: Payload) -> UUID:
    return parse_public_id("rvw", payload["target"])


def entry_id(payload: Payload) -> UUID:
    return parse_public_id("rle", payload["target"])


def release(payload: Payload, at: datetime) -> str:
    review = reviews.release_applied(review_id=review_id(payload), at=at)
    return f"{review.public_id} is released"


def can_release(payload: Payload, at: datetime) -> None:
    review = queries.review(review_id(payload))
    if review.state != "open":
        raise WrongState(state=review.state, wanted="released")
    reviews.must_be_in_time(review, at)


def target(payload: Payload) -> lists.Named:
    return lists.Named(payload["what"], bytes.fromhex(payload["key"]), payload["shown"])


def until(payload: Payload) -> datetime | None:
    return datetime.fromisoformat(payload["until"]) if payload["until"] else None


def allow(payload: Payload, at: datetime) -> str:
    entry = lists.allow(target=target(payload), why=payload["why"], until=until(payload), at=at)
    return f"{entry.public_id}: {entry.shown} is allowed"


def can_allow(payload: Payload, at: datetime) -> None:
    lists.must_be_to_come(until(payload), at)


def unblock(payload: Payload, at: datetime) -> str:
    entry = lists.end_block(entry_id=entry_id(payload), at=at)
    return f"{entry.public_id}: {entry.shown} is not blocked any more"


def can_unblock(payload: Payload, at: datetime) -> None:
    lists.must_stand(queries.entry(entry_id(payload)), RiskListEntry.Effect.BLOCK)


def switch(payload: Payload, at: datetime) -> str:
    rule = switching.switch(code=payload["target"], active=payload["active"], at=at)
    return f"{rule.code} is {'on' if rule.active else 'off'}"


def can_switch(payload: Payload, at: datetime) -> None:
    switching.must_differ(payload["target"], payload["active"], at)


register(reviews.RELEASE, apply=release, check=can_release, roles_make=RISK, roles_check=RISK, expires_hours=72)
register(lists.ALLOW, apply=allow, check=can_allow, roles_make=RISK, roles_check=CHECKERS)
register(lists.UNBLOCK, apply=unblock, check=can_unblock, roles_make=RISK, roles_check=CHECKERS)
register(switching.SWITCH, apply=switch, check=can_switch, roles_make=RISK, roles_check=CHECKERS)
