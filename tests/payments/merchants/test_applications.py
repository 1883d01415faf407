"""Becoming a merchant: who may apply, what is asked, the two people who decide, and what the owner reads."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from accounts.identity.models import Customer
from accounts.security import services as security
from accounts.security.services import ProofMismatch
from core.approvals.services import ApprovalNeeded, applying
from core.clock import queries as clock
from core.errors import DomainError, Invalid, NotFound
from core.ids import new_id
from core.limits.services import LimitReached
from core.moves import WrongState
from core.outbox.models import OutboxEvent
from payments.cards import services as cards
from payments.cards.models import Card
from payments.cards.services import CardInUse
from payments.merchants import queries
from payments.merchants.models import Merchant, MerchantCategory
from payments.merchants.services import applications, reviewing
from payments.merchants.services.applications import CategoryClosed, DebitCardNeeded, OwnerNotVerified
from payments.wallet.services.parties import CustomerNotActive
from tests.factories import PIN, customer
from tests.payments.merchants.world import PEOPLE, application, applied, licence_number, opened, reviewer, suspend
from tests.payments.wallet.bank_world import card_holder
from tests.payments.wallet.world import freeze, holder, open_day, proven
from tests.payments.world import bind, payer
from tests.sandbox_bank import SandboxBank
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day(request: pytest.FixtureRequest) -> None:
    if "connected" not in request.fixturenames:
        open_day()


def topics(merchant: Merchant) -> list[str]:
    return list(OutboxEvent.objects.filter(key=str(merchant.id)).order_by("id").values_list("topic", flat=True))


def approve(merchant: Merchant, **changes: Any) -> Merchant:
    with applying(reviewing.APPROVE, **PEOPLE):
        facts = {"merchant_id": merchant.id, "applied_at": merchant.applied_at, "at": clock.now()}
        return reviewing.approve(**(facts | changes))


def taken_up(merchant: Merchant) -> Merchant:
    return reviewing.take_up(merchant_id=merchant.id, reviewer=reviewer(), at=clock.now())


def test_an_application_is_kept_with_its_secrets_closed() -> None:
    number = licence_number()
    merchant = applied(licence_number=number.lower())
    kept = Merchant.objects.get(pk=merchant.pk)
    assert (kept.state, kept.licence_number, kept.contact_phone) == ("applied", number, "+8619900000001")
    assert bytes(kept.licence_index) == queries.licence_index(number)
    columns = (
        Merchant.objects.filter(pk=merchant.pk).extra(select={"raw": "licence_number", "phone": "contact_phone"}).values("raw", "phone")
    )
    assert number.encode() not in bytes(columns[0]["raw"])
    assert b"19900000001" not in bytes(columns[0]["phone"])
    assert topics(merchant) == ["merchant.applied"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"licence_number": "91350100M000100Y44"}, Invalid),
        ({"licence_number": ""}, Invalid),
        ({"kind": "individual", "licence_number": "1"}, Invalid),
        ({"contact_phone": "12"}, Invalid),
        ({"category": "0000"}, CategoryClosed),
        ({"category": "7995"}, CategoryClosed),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(change: dict[str, str], refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        applied(**change)
    assert Merchant.objects.count() == 0


def test_an_owner_is_known_by_name() -> None:
    with pytest.raises(OwnerNotVerified):
        applied(customer(verified_class=None))


def test_a_frozen_owner_applies_for_nothing() -> None:
    owner = holder()
    freeze(owner)
    with pytest.raises(CustomerNotActive):
        applied(owner)
    assert Merchant.objects.count() == 0


def test_an_operator_may_close_a_category_to_new_merchants() -> None:
    MerchantCategory.objects.filter(code="5499").update(open=False)
    with pytest.raises(CategoryClosed):
        applied()


@pytest.mark.django_db(transaction=True)
def test_five_applications_a_day_and_no_more_in_many_threads() -> None:
    owner = holder()

    def act(_: int) -> Merchant:
        return applications.apply(owner_id=owner.id, application=application(), at=clock.now())

    answers = together(act, 12)
    assert sum(isinstance(answer, Merchant) for answer in answers) == 5
    assert sum(isinstance(answer, LimitReached) for answer in answers) == 7
    assert Merchant.objects.count() == 5


def test_two_people_open_a_merchant() -> None:
    merchant = taken_up(applied())
    assert (merchant.state, merchant.reviewer) == ("under_review", reviewer())
    with pytest.raises(ApprovalNeeded):
        reviewing.approve(merchant_id=merchant.id, applied_at=merchant.applied_at, at=clock.now())
    merchant = approve(merchant)
    assert (merchant.state, queries.selling(merchant.id)) == ("active", True)
    assert topics(merchant) == ["merchant.applied", "merchant.under_review", "merchant.approved"]


def test_a_review_is_taken_over_by_another_operator() -> None:
    merchant = taken_up(applied())
    other = User.objects.create(username="ruth", is_staff=True)
    reviewing.take_up(merchant_id=merchant.id, reviewer=other, at=clock.now())
    assert Merchant.objects.get(pk=merchant.pk).reviewer == other
    assert topics(merchant) == ["merchant.applied", "merchant.under_review"]


def test_a_refused_applicant_reads_why_and_applies_again() -> None:
    owner = holder()
    merchant = taken_up(applied(owner))
    with pytest.raises(Invalid):
        reviewing.refuse(merchant_id=merchant.id, reason=" no ", at=clock.now())
    reviewing.refuse(merchant_id=merchant.id, reason="The licence is another's.", at=clock.now())
    assert queries.own_merchant(owner.id, merchant.id).reason == "The licence is another's."
    mended = application(kind="individual", licence_number="", name="Ann's tea")
    with pytest.raises(NotFound):
        applications.apply_again(owner_id=holder().id, merchant_id=merchant.id, application=mended, at=clock.now())
    again = applications.apply_again(owner_id=owner.id, merchant_id=merchant.id, application=mended, at=clock.now())
    assert (again.state, again.reason, again.reviewer, again.name, again.licence_number) == ("applied", "", None, "Ann's tea", None)
    with pytest.raises(WrongState):
        applications.apply_again(owner_id=owner.id, merchant_id=merchant.id, application=mended, at=clock.now())


def test_an_approval_is_for_the_application_that_was_looked_at() -> None:
    owner = holder()
    looked_at = taken_up(applied(owner))
    reviewing.refuse(merchant_id=looked_at.id, reason="The name is wrong.", at=clock.now())
    later = clock.now() + timedelta(hours=1)
    applications.apply_again(owner_id=owner.id, merchant_id=looked_at.id, application=application(category="5812"), at=later)
    newer = taken_up(looked_at)
    with pytest.raises(WrongState):
        approve(newer, applied_at=looked_at.applied_at)
    assert approve(newer, applied_at=later).state == "active"


@pytest.mark.django_db(transaction=True)
def test_one_of_an_approval_and_a_refusal_at_once_happens() -> None:
    merchant = taken_up(applied())

    def act(number: int) -> Merchant:
        if number % 2:
            return approve(merchant)
        return reviewing.refuse(merchant_id=merchant.id, reason="Not believable.", at=clock.now())

    answers = together(act, 8)
    assert sum(isinstance(answer, Merchant) for answer in answers) == 1
    assert sum(isinstance(answer, WrongState) for answer in answers) == 7


def test_a_suspended_merchant_sells_again_by_two_people() -> None:
    merchant = suspend(opened())
    assert (queries.selling(merchant.id), merchant.reason) == (False, "many complaints")
    with pytest.raises(queries.MerchantNotSelling):
        queries.require_selling(merchant.id)
    with pytest.raises(ApprovalNeeded):
        reviewing.resume(merchant_id=merchant.id, at=clock.now())
    with applying(reviewing.RESUME, **PEOPLE):
        assert reviewing.resume(merchant_id=merchant.id, at=clock.now()).reason == ""
        with pytest.raises(WrongState):
            reviewing.resume(merchant_id=merchant.id, at=clock.now())
    assert queries.require_selling(merchant.id).state == "active"


def test_an_unknown_merchant_is_not_found() -> None:
    for act in (queries.merchant, queries.require_selling):
        with pytest.raises(NotFound):
            act(new_id())
    assert not queries.selling(new_id())


def choose(merchant: Merchant, owner: Customer, card: Card, *, payee: str = "") -> Merchant:
    intent = proven(owner, amount_fen=0, payee=payee or card.public_id, purpose=applications.CARD_PURPOSE)
    return applications.choose_card(intent=intent, merchant_id=merchant.id, card_id=card.id, at=clock.now())


@pytest.mark.django_db(transaction=True)
def test_payouts_go_to_a_debit_card_of_the_owners_and_keep_it_bound(connected: SandboxBank) -> None:
    who, stranger = card_holder(connected), card_holder(connected)
    merchant = opened(who.customer)
    assert choose(merchant, who.customer, who.card).settlement_card_id == who.card.id
    assert topics(merchant)[-1] == "merchant.card_chosen"
    with pytest.raises(CardInUse):
        cards.unbind(customer_id=who.customer.id, card_id=who.card.id, at=clock.now())
    for owner, card, payee in ((who.customer, stranger.card, ""), (stranger.customer, stranger.card, "")):
        with pytest.raises(NotFound):
            choose(merchant, owner, card, payee=payee)
    with pytest.raises(ProofMismatch):
        choose(merchant, who.customer, who.card, payee="crd_another")
    assert Merchant.objects.get(pk=merchant.pk).settlement_card_id == who.card.id


@pytest.mark.django_db(transaction=True)
def test_a_credit_card_takes_no_payouts(connected: SandboxBank) -> None:
    who = payer(connected, at=clock.now(), kind="credit_cards")
    credit = bind(connected, who, who.cards[-1], at=clock.now())
    security.set_pin(customer_id=who.customer.id, pin=PIN, at=clock.now())
    merchant = opened(who.customer)
    with pytest.raises(DebitCardNeeded):
        choose(merchant, who.customer, credit)
    assert Merchant.objects.get(pk=merchant.pk).settlement_card_id is None
