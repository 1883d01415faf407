"""From a quote to an accepted application: the rules of the product decide, or a person."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

import orjson
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.verification.id_numbers import read_id_number
from core.clock.queries import local_day
from core.errors import DomainError, Invalid, NotFound
from core.ids import new_id, shard_of
from core.limits.queries import cap
from core.limits.sockets import CapKind, Unit
from core.moves import advance, advance_all
from core.work import services as work
from payments.wallet.services import parties
from wealth.catalog import queries as catalog
from wealth.catalog.queries import AmountOffStep, AmountTooSmall, ProductNotOnSale
from wealth.catalog.states import Kind
from wealth.insurance import queries
from wealth.insurance import terms as terms_of
from wealth.insurance.models import InsuranceApplication
from wealth.insurance.refusals import (
    AgeNotCovered,
    CoverNotOffered,
    DeclinedBefore,
    NotInsurance,
    NotReferred,
    NotTheQuoted,
    QuoteOver,
)
from wealth.insurance.services.telling import publish_application
from wealth.insurance.states import APPLICATION_MOVES, ApplicationState
from wealth.insurance.terms import ACCEPT, DECLINE, LOAD, REFER
from wealth.rules.insurance import age_on, premium_fen

REFERRED = "insurance.referred"
BY_RULES = "rules"
AGAIN = CapKind(
    "wealth.underwriting_again_days", _("Days until somebody who was declined is underwritten again"), usual=30, most=3_650, unit=Unit.DAYS
)
MOST_LOAD_BP = 50_000
NAME_LENGTH = 60
OFFERED: tuple[type[DomainError], ...] = (
    NotFound, ProductNotOnSale, NotInsurance, AgeNotCovered, CoverNotOffered, Invalid, AmountTooSmall, AmountOffStep,
)  # fmt: skip


@transaction.atomic
def quote(
    *, customer_id: UUID, product_id: UUID, cover_fen: int, born_on: date, answers: Mapping[str, str], at: datetime
) -> InsuranceApplication:
    """What each payment costs for a person and a cover, good for as many days as the product says. An answer that will be declined is
    quoted too: the decision comes with the application. Raises CustomerNotActive and what OFFERED names."""
    parties.require_active(customer_id)
    offered = catalog.offered(product_id, at)
    if offered.product.kind != Kind.INSURANCE:
        raise NotInsurance(field="product_id")
    terms, today = terms_of.of(offered.version), local_day(at)
    over = (cover_fen - terms.least_cover_fen) % terms.cover_step_fen
    if not terms.least_cover_fen <= cover_fen <= terms.most_cover_fen or over:
        raise CoverNotOffered(field="cover", least_fen=terms.least_cover_fen, most_fen=terms.most_cover_fen, step_fen=terms.cover_step_fen)
    if born_on > today:
        raise Invalid("born_on", "This day is not over yet.", "出生日期不能晚于今天。")
    band = terms.band(age_on(born_on=born_on, day=today))
    if band is None:
        raise AgeNotCovered(field="born_on")
    _, load_bp = terms_of.decided(terms, answers)
    row = InsuranceApplication(
        id=new_id(),
        customer_id=customer_id,
        shard=shard_of(customer_id),
        product=offered.product,
        version=offered.version,
        cover_fen=cover_fen,
        born_on=born_on.isoformat(),
        answers=orjson.dumps(dict(answers)).decode(),
        rate_bp=band.rate_bp,
        load_bp=load_bp,
        premium_fen=max(premium_fen(cover_fen=cover_fen, rate_bp=band.rate_bp, load_bp=load_bp), 1),
        payments=terms.payments,
        every_months=terms.every_months,
        valid_until=today + timedelta(days=terms.quote_days),
        created_at=at,
        changed_at=at,
    )
    row.save(force_insert=True)
    return row


def locked(application_id: UUID, customer_id: UUID | None = None) -> InsuranceApplication:
    """Locked to the end of the transaction. Raises NotFound."""
    rows = InsuranceApplication.objects.select_for_update(of=("self",)).select_related("product", "version__product")
    mine = rows.filter(pk=application_id) if customer_id is None else rows.filter(pk=application_id, customer_id=customer_id)
    found = mine.first()
    if found is None:
        raise NotFound()
    return found


@transaction.atomic
def apply(*, customer_id: UUID, application_id: UUID, name: str, id_number: str, at: datetime) -> InsuranceApplication:
    """Hand a quote in for the person with that identity number; the product's rules decide at once, or a person is asked. Raises
    CustomerNotActive, NotFound, QuoteOver, Invalid, NotTheQuoted, DeclinedBefore, ProductNotOnSale."""
    parties.require_active(customer_id)
    row = locked(application_id, customer_id)
    if row.state != ApplicationState.QUOTED or local_day(at) > row.valid_until:
        raise QuoteOver(state=row.state)
    if not 0 < len(name.strip()) <= NAME_LENGTH:
        raise Invalid("insured_name", "Give the full name of who is insured.", "请填写被保险人姓名。")
    if catalog.offered(row.product_id, at).version.id != row.version_id:
        raise QuoteOver(state=row.state)
    if read_id_number(id_number, today=local_day(at)).born_on.isoformat() != row.born_on:
        raise NotTheQuoted(field="insured_id_number")
    row.insured_name, row.insured_id_number = name.strip(), id_number.strip().upper()
    refuse_declined_before(row, at)
    row.save(update_fields=["insured_name", "insured_id_number"])
    decision, _ = terms_of.decided(terms_of.of(row.version), orjson.loads(row.answers or b"{}"))
    to = {
        ACCEPT: ApplicationState.ACCEPTED,
        LOAD: ApplicationState.ACCEPTED,
        REFER: ApplicationState.REFERRED,
        DECLINE: ApplicationState.DECLINED,
    }[decision]
    by = "" if to == ApplicationState.REFERRED else BY_RULES
    advance(row, to, moves=APPLICATION_MOVES, at=at, decided_by=by)
    if to == ApplicationState.REFERRED:
        work.ask(kind=REFERRED, target=row.public_id, facts={"cover_fen": row.cover_fen, "product": row.product.code}, at=at)
    publish_application(f"wealth.policy_application_{to.value}", row, at)
    return row


def refuse_declined_before(row: InsuranceApplication, at: datetime) -> None:
    """Other answers do not help who was declined, for some days. Raises DeclinedBefore."""
    days = timedelta(days=cap(AGAIN, at))
    for earlier in queries.declined(row.customer_id, row.product_id, since=at - days):
        if earlier.insured_id_number == row.insured_id_number:
            raise DeclinedBefore(again_on=local_day(earlier.changed_at + days).isoformat())


@transaction.atomic
def decide(*, application_id: UUID, accept: bool, load_bp: int, why: str, by: str, at: datetime) -> InsuranceApplication:
    """A person's word on a referred application; accepted it may be loaded by `load_bp` in all, and is good for as many days as a quote
    from now on. Raises NotFound, NotReferred, Invalid."""
    row = locked(application_id)
    if row.state != ApplicationState.REFERRED:
        raise NotReferred(state=row.state)
    if not why.strip():
        raise Invalid("why", "Say why.", "请填写理由。")
    if not 0 <= load_bp <= MOST_LOAD_BP:
        raise Invalid("load_bp", "A load is 0 to 50000 basis points.", "加费须为 0 至 50000 个基点。")
    fields = {"decided_by": by, "why": why.strip()[:200]}
    if accept:
        until = local_day(at) + timedelta(days=terms_of.of(row.version).quote_days)
        fen = max(premium_fen(cover_fen=row.cover_fen, rate_bp=row.rate_bp, load_bp=load_bp), 1)
        advance(
            row, ApplicationState.ACCEPTED, moves=APPLICATION_MOVES, at=at, load_bp=load_bp, premium_fen=fen, valid_until=until, **fields
        )
    else:
        advance(row, ApplicationState.DECLINED, moves=APPLICATION_MOVES, at=at, **fields)
    work.finish(kind=REFERRED, target=row.public_id, by=by, at=at)
    publish_application(f"wealth.policy_application_{row.state}", row, at)
    return row


@transaction.atomic
def expire(*, shard: int, at: datetime) -> int:
    """End the quotes and accepted applications of a shard whose days are over, in one statement. Returns how many."""
    return advance_all(queries.over_applications(shard, at), ApplicationState.EXPIRED, moves=APPLICATION_MOVES, at=at)
