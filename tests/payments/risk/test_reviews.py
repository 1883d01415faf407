"""What waits for a person: released, refused or out of time, once; two people over the amount; and what its room says."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.approvals import services as approvals
from core.approvals.services import ApprovalNeeded, SamePerson
from core.clock import queries as clock
from core.errors import Forbidden, NotFound
from core.ids import new_id
from core.moves import WrongState
from core.outbox.models import OutboxEvent
from payments.risk import queries, sweeps
from payments.risk.models import RiskPayee, RiskReview
from payments.risk.services import reviews
from tests.desk.people import staff
from tests.factories import customer
from tests.payments.risk.world import Listener, act, by_two, rule, verdict, waiting
from tests.together import together

pytestmark = pytest.mark.django_db
TWO_PEOPLE = 1_000_000


@pytest.fixture(autouse=True)
def everything_waits(room: Listener) -> None:
    rule("amount", amount_fen=0)


def test_a_released_act_goes_on_once(room: Listener) -> None:
    review = waiting(customer(verified_class=None))
    done = reviews.release(review_id=review.id, by="staff:rita", at=clock.now())
    assert (done.state, done.decided_by, room.told) == ("released", "staff:rita", [("released", review.business_id)])
    for again in (reviews.release, reviews.refuse):
        with pytest.raises(WrongState):
            again(review_id=review.id, by="staff:rita", at=clock.now())
    assert len(room.told) == 1
    assert OutboxEvent.objects.filter(topic="risk_review.released").count() == 1


def test_a_refused_act_gives_back_and_its_payee_is_a_stranger_again(room: Listener) -> None:
    who, payee = customer(verified_class=None), customer(verified_class=None)
    review = waiting(who, payee=payee.id)
    assert RiskPayee.objects.count() == 1
    assert reviews.refuse(review_id=review.id, by="staff:rita", at=clock.now()).state == "refused"
    assert room.told == [("refused", review.business_id)]
    assert not RiskPayee.objects.exists()


def test_a_payee_known_before_stays_known(room: Listener) -> None:
    who, payee, at = customer(verified_class=None), customer(verified_class=None), clock.now()
    first = waiting(who, payee=payee.id, at=at - timedelta(hours=2))
    reviews.release(review_id=first.id, by="staff:rita", at=at)
    reviews.refuse(review_id=waiting(who, payee=payee.id, at=at).id, by="staff:rita", at=at)
    assert RiskPayee.objects.get().payee == payee.id


def test_over_the_amount_two_people_release_and_one_refuses(room: Listener) -> None:
    who = customer(verified_class=None)
    at_the_amount, over, other = (waiting(who, fen) for fen in (TWO_PEOPLE, TWO_PEOPLE + 1, TWO_PEOPLE + 1))
    assert reviews.release(review_id=at_the_amount.id, by="staff:rita", at=clock.now()).state == "released"
    with pytest.raises(reviews.TwoPeopleNeeded):
        reviews.release(review_id=over.id, by="staff:rita", at=clock.now())
    with pytest.raises(ApprovalNeeded):
        reviews.release_applied(review_id=over.id, at=clock.now())
    by_two(reviews.RELEASE, {"target": over.public_id})
    over.refresh_from_db()
    assert over.state == "released"
    assert over.decided_by.count("staff:") == 2
    assert reviews.refuse(review_id=other.id, by="staff:rita", at=clock.now()).state == "refused"


def test_a_release_is_not_approved_by_its_maker_nor_by_finance() -> None:
    review = waiting(customer(verified_class=None), TWO_PEOPLE + 1)
    rita = staff("rita", "risk")
    facts = {"act": reviews.RELEASE, "payload": {"target": review.public_id}, "reason": "she called", "at": clock.now()}
    proposed = approvals.propose(maker=rita, **facts)
    for other, refusal in ((rita, SamePerson), (staff("carl", "finance_checker"), Forbidden)):
        with pytest.raises(refusal):
            approvals.approve(approval_id=proposed.id, checker=other, at=clock.now())
    review.refresh_from_db()
    assert review.state == "open"


def test_what_is_decided_meanwhile_is_not_proposed() -> None:
    review = waiting(customer(verified_class=None))
    reviews.refuse(review_id=review.id, by="staff:rita", at=clock.now())
    with pytest.raises(WrongState):
        by_two(reviews.RELEASE, {"target": review.public_id})


def test_what_its_room_refuses_is_not_decided(room: Listener) -> None:
    review = waiting(customer(verified_class=None))
    room.refuses = Forbidden()
    for decide in (reviews.release, reviews.refuse):
        with pytest.raises(Forbidden):
            decide(review_id=review.id, by="staff:rita", at=clock.now())
    review.refresh_from_db()
    assert (review.state, review.decided_by) == ("open", "")


def test_one_nobody_decides_in_time_goes_back_and_is_not_released_late(room: Listener) -> None:
    review = waiting(customer(verified_class=None))
    due = review.expires_at
    assert (queries.due_shards(due - timedelta(seconds=1)), sweeps.expire_reviews(shard=review.shard, at=due - timedelta(seconds=1))) == (
        [],
        0,
    )
    with pytest.raises(reviews.ReviewOverdue):
        reviews.release(review_id=review.id, by="staff:rita", at=due)
    assert queries.due_shards(due) == [review.shard]
    assert [sweeps.expire_reviews(shard=review.shard, at=due) for _ in range(2)] == [1, 0]
    review.refresh_from_db()
    assert (review.state, review.decided_by, room.told) == ("expired", "system", [("refused", review.business_id)])


def test_a_sweep_goes_on_past_one_that_its_room_refuses(room: Listener) -> None:
    who = customer(verified_class=None)
    first = waiting(who)
    room.refuses = Forbidden()
    assert sweeps.expire_reviews(shard=first.shard, at=first.expires_at) == 0
    room.refuses = None
    waiting(who)
    assert sweeps.expire_reviews(shard=first.shard, at=first.expires_at + timedelta(minutes=1)) == 2


def test_a_review_has_one_owner_who_may_change() -> None:
    review = waiting(customer(verified_class=None))
    rita, raul = staff("rita", "risk"), staff("raul", "risk")
    for person in (rita, raul):
        reviews.take(review_id=review.id, staff=person, at=clock.now())
    review.refresh_from_db()
    assert review.owner == raul
    with pytest.raises(NotFound):
        reviews.take(review_id=new_id(), staff=rita, at=clock.now())


def test_the_database_keeps_reviews_whole() -> None:
    review = waiting(customer(verified_class=None))
    rows = RiskReview.objects.filter(pk=review.pk)
    for change, name in [
        ({"state": "released"}, "payments_riskreview_decided"),
        ({"decided_by": "staff:rita"}, "payments_riskreview_decided"),
        ({"shard": 64}, "payments_riskreview_shard"),
    ]:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.update(**change)
    rows.update(state="refused", decided_by="staff:rita")
    with pytest.raises(IntegrityError, match="payments_riskreview_moves"), transaction.atomic():
        rows.update(state="released")


@pytest.mark.django_db(transaction=True)
def test_of_releasing_refusing_and_running_out_at_once_one_happens(room: Listener) -> None:
    review = waiting(customer(verified_class=None))
    last = review.expires_at
    acts = [
        lambda: reviews.release(review_id=review.id, by="staff:rita", at=last - timedelta(seconds=1)),
        lambda: reviews.refuse(review_id=review.id, by="staff:raul", at=last),
        lambda: reviews.expire(review_id=review.id, at=last),
    ]
    ended = together(lambda number: acts[number % 3](), 9)
    assert sum(isinstance(end, RiskReview) or end is True for end in ended) == 1
    assert all(isinstance(end, (RiskReview, WrongState, bool)) for end in ended)
    assert len(room.told) == 1
    assert verdict(act(customer(verified_class=None))) == "review"
