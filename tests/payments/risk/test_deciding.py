"""From the rows of a real customer to a ruling: each fact, the lists, what is kept and what is not."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.identity.models import Device
from accounts.identity.phones import phone_index
from core.clock import queries as clock
from core.ids import new_id, public_id
from core.limits.models import LimitCounter
from core.outbox.models import OutboxEvent
from payments.risk.models import RiskDecision, RiskListEntry, RiskReview
from payments.risk.services import lists
from tests.factories import customer, open_session
from tests.payments.risk.world import SCENE, Listener, act, by_two, rule, ruling, verdict

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def block(what: str, text: str) -> RiskListEntry:
    return lists.block(target=lists.named(what, text), why="a test", until=None, by="staff:rita", at=clock.now())


def test_an_act_nothing_is_found_about_leaves_no_row(room: Listener) -> None:
    rule("amount", amount_fen=100)
    made = ruling(act(customer(verified_class=None), 100))
    assert (made.review, made.rows, RiskDecision.objects.count()) == (False, (), 0)


def test_a_rule_on_trial_only_notes_its_hits(room: Listener) -> None:
    trial = rule("amount", verdict="allow", amount_fen=99)
    wanted = act(customer(verified_class=None), 100)
    assert verdict(wanted) == "allow"
    kept = RiskDecision.objects.get()
    assert (kept.verdict, kept.business, kept.business_id, kept.amount_fen) == ("allow", SCENE, wanted.business_id, 100)
    assert kept.hits == [{"rule": str(trial.id), "code": "amount", "verdict": "allow"}]


def test_a_review_waits_with_its_decision_and_is_told(room: Listener) -> None:
    rule("amount", amount_fen=99)
    who, at = customer(verified_class=None), clock.now()
    wanted = act(who, 100)
    assert verdict(wanted, at=at) == "review"
    review = RiskReview.objects.get()
    assert (review.state, review.business_id, review.amount_fen, review.decision.verdict) == ("open", wanted.business_id, 100, "review")
    assert review.expires_at - at == timedelta(hours=72)
    assert OutboxEvent.objects.get(topic="risk_review.opened").payload["review"] == review.public_id


def test_a_step_up_asks_for_as_many_factors_as_its_rule(room: Listener) -> None:
    who = customer(verified_class=None)
    rule("amount", verdict="step_up", amount_fen=99)
    assert [verdict(act(who, 100), factors=factors) for factors in (0, 1)] == ["step_up_needed", "allow"]
    rule("amount", verdict="step_up", amount_fen=199, factors=2, code="two")
    assert [verdict(act(who, 200), factors=factors) for factors in (0, 1, 2)] == ["stronger_proof_needed", "stronger_proof_needed", "allow"]
    assert list(RiskDecision.objects.order_by("id").values_list("verdict", flat=True)) == [
        "step_up",
        "allow",
        "step_up",
        "step_up",
        "allow",
    ]


def test_a_refused_act_names_its_decision_and_is_kept_at_most_so_often_a_day(room: Listener) -> None:
    rule("amount", verdict="refuse", amount_fen=0)
    who = customer(verified_class=None)
    assert verdict(act(who)) == "risk_refused"
    kept = RiskDecision.objects.get()
    assert (kept.verdict, kept.business_id) == ("refuse", None)
    LimitCounter.objects.filter(counter="risk:refused").update(used=200)
    assert verdict(act(who)) == "risk_refused"
    assert RiskDecision.objects.count() == 1


def test_inputs_hold_figures_and_ids_but_no_number_and_no_hash(room: Listener) -> None:
    rule("amount", verdict="allow", amount_fen=0)
    who, payee = customer(), customer()
    session = open_session(who).session
    block("phone", customer().phone)
    ruling(act(who, session=session, payee=payee.id, card=b"c" * 32))
    kept = RiskDecision.objects.get()
    text = json.dumps(kept.inputs)
    device = Device.objects.get(customer=who)
    for secret in (who.phone, who.phone[3:], bytes(who.phone_index).hex(), bytes(device.installation_index).hex(), (b"c" * 32).hex()):
        assert secret not in text
    assert (kept.inputs["device"], kept.inputs["payee_age_h"], kept.inputs["tallies"][SCENE]["near"]) == (device.public_id, 0.0, 0)
    assert set(kept.inputs) == {
        *("scene", "amount_fen", "hour", "tallies", "account_age_h", "device_age_h", "sharers", "payee_age_h", "payee_fen", "listed"),
        *("device", "factors"),
    }


def test_a_device_is_new_until_its_hours_are_over_and_a_new_session_makes_it_no_older(room: Listener) -> None:
    rule("new_device", hours=24, amount_fen=0)
    at = clock.now()
    who = customer(verified_class=None)
    first = open_session(who, at=at).session
    assert verdict(act(who, session=first), at=at + 23 * HOUR) == "review"
    again = open_session(who, at=at + 24 * HOUR).session
    assert verdict(act(who, session=again), at=at + 24 * HOUR) == "allow"
    other = open_session(who, at=at + 24 * HOUR, installation="another").session
    assert verdict(act(who, session=other), at=at + 24 * HOUR) == "review"


def test_anothers_session_is_as_new_as_can_be(room: Listener) -> None:
    rule("new_device", hours=1, amount_fen=0)
    long_ago = clock.now() - timedelta(days=9)
    stranger = open_session(customer(verified_class=None, at=long_ago), at=long_ago).session
    assert verdict(act(customer(verified_class=None), session=stranger)) == "review"


def test_a_device_is_shared_with_whoever_else_logged_in_there(room: Listener) -> None:
    rule("shared_device", most=1, amount_fen=0)
    who, *others = (customer(verified_class=None) for _ in range(3))
    session = open_session(who, installation="farm").session
    open_session(others[0], installation="farm")
    assert verdict(act(who, session=session)) == "allow"
    open_session(others[1], installation="farm")
    assert verdict(act(who, session=session)) == "review"


def test_a_young_account_and_the_night_look_at_the_day(room: Listener) -> None:
    rule("account_age", hours=72, amount_fen=100)
    rule("night", from_hour=0, to_hour=5, amount_fen=100)
    noon = clock.start_of_day(clock.local_day(clock.now())) + 12 * HOUR
    who, old = customer(verified_class=None, at=noon), customer(verified_class=None, at=noon - 99 * HOUR)
    assert [verdict(act(who, 60), at=noon) for _ in range(2)] == ["allow", "review"]
    assert [verdict(act(old, 60), at=noon) for _ in range(2)] == ["allow", "allow"]
    assert [verdict(act(old, 101), at=noon + hours) for hours in (11 * HOUR, 12 * HOUR, 17 * HOUR)] == ["allow", "review", "allow"]


def test_a_payee_stays_new_for_its_hours_and_what_it_got_adds_up(room: Listener) -> None:
    rule("new_payee", hours=24, amount_fen=250)
    who, payee, at = customer(verified_class=None), customer(verified_class=None), clock.now()
    assert [verdict(act(who, 100, payee=payee.id), at=at) for _ in range(3)] == ["allow", "allow", "review"]
    assert verdict(act(who, 100, payee=customer(verified_class=None).id), at=at) == "allow"
    assert verdict(act(who, 10_000, payee=payee.id), at=at + 24 * HOUR) == "allow"


def test_amounts_just_under_a_limit_are_counted_and_others_are_not(room: Listener) -> None:
    rule("just_under_limit", amount_fen=1_000, share_bp=500, most=2)
    who = customer(verified_class=None)
    assert [verdict(act(who, fen)) for fen in (950, 1_001, 949, 1_000, 949, 960)] == ["allow"] * 5 + ["review"]


def test_a_blocked_party_stops_every_act_that_names_it(room: Listener) -> None:
    who, payee = customer(), customer()
    session = open_session(who, installation="bad").session
    device = Device.objects.get(customer=who)
    merchant = new_id()
    card = b"f" * 32

    def refused(**facts: object) -> bool:
        return verdict(act(who, session=session, **facts)) == "risk_refused"

    for named, facts in [
        (lists.named("customer", who.public_id), {}),
        (lists.named("phone", who.phone), {}),
        (lists.named("device", device.public_id), {}),
        (lists.named("customer", payee.public_id), {"payee": payee.id}),
        (lists.named("phone", payee.phone), {"payee": payee.id}),
        (lists.named("merchant", public_id("mch", merchant)), {"payee": merchant}),
        (lists.Named("card", card, "crd"), {"card": card}),
    ]:
        entry = lists.block(target=named, why="a test", until=None, by="staff:rita", at=clock.now())
        assert refused(**facts), named.what
        by_two(lists.UNBLOCK, {"target": entry.public_id})
        assert not refused(**facts), named.what
    block("device", device.public_id)
    same = open_session(customer(), installation="bad").session
    assert verdict(act(same.customer, session=same)) == "risk_refused"


def test_a_block_ends_by_its_own_time(room: Listener) -> None:
    who, at = customer(), clock.now()
    lists.block(target=lists.named("phone", who.phone), why="w", until=at + HOUR, by="b", at=at)
    assert [verdict(act(who), at=at + later) for later in (timedelta(0), HOUR)] == ["risk_refused", "allow"]


def test_the_allow_list_spares_step_up_and_review_but_no_refusal_and_no_block(room: Listener) -> None:
    rule("amount", amount_fen=99)
    rule("amount", verdict="refuse", amount_fen=999, code="most")
    who, at = customer(), clock.now()
    payload = {"what": "customer", "key": who.id.bytes.hex(), "shown": who.public_id, "why": "known well", "until": "", "target": "t"}
    by_two(lists.ALLOW, payload)
    assert [verdict(act(who, fen), at=at) for fen in (100, 1_000)] == ["allow", "risk_refused"]
    assert verdict(act(customer(), 100, payee=who.id), at=at) == "review"
    block("phone", who.phone)
    assert verdict(act(who, 1), at=at) == "risk_refused"


def test_a_decision_is_never_changed_and_is_whole(room: Listener) -> None:
    rule("amount", verdict="allow", amount_fen=0)
    ruling(act(customer(verified_class=None)))
    for change in (lambda: RiskDecision.objects.update(verdict="refuse"), lambda: RiskDecision.objects.all().delete()):
        with pytest.raises(Exception, match="Cannot update or delete rows"), transaction.atomic():
            change()
    row = RiskDecision.objects.get()
    row.pk, row.business_id = new_id(), None
    with pytest.raises(IntegrityError, match="payments_riskdecision_done"), transaction.atomic():
        row.save(force_insert=True)


def test_phones_are_listed_by_their_hash_and_shown_masked(room: Listener) -> None:
    who = customer()
    entry = block("phone", who.phone)
    assert bytes(entry.key) == phone_index(who.phone)
    assert who.phone[4:] not in entry.shown
