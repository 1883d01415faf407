"""The demo's plan is drawn from its seed alone."""

from collections import Counter

from config.demo.acts import Act
from config.demo.market_plan import order_number
from config.demo.plan import draw


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    assert draw("one", people=50, days=30) == draw("one", people=50, days=30)
    assert draw("one", people=50, days=30) != draw("two", people=50, days=30)


def test_everybody_joins_once_and_before_anything_else() -> None:
    acts = draw("one", people=200, days=60)
    assert Counter(act.person for act in acts if act.act == Act.JOIN) == Counter(range(200))
    first = {}
    for act in acts:
        first.setdefault(act.person, act.act)
    assert set(first.values()) == {Act.JOIN}


def test_the_plan_is_in_order_and_within_its_days_and_hours() -> None:
    acts = draw("one", people=200, days=60)
    assert [(act.day, act.minute) for act in acts] == sorted((act.day, act.minute) for act in acts)
    assert {act.day for act in acts} <= set(range(60))
    assert all(7 * 60 <= act.minute < 24 * 60 for act in acts)


def test_nobody_pays_themselves_or_somebody_who_has_not_joined() -> None:
    acts = draw("one", people=200, days=60)
    joined = {act.person: act.day for act in acts if act.act == Act.JOIN}
    for act in acts:
        if act.act in {Act.TRANSFER, Act.OFFER}:
            assert act.other != act.person
            assert joined[act.other] < act.day
            assert act.amount_fen > 0


def test_the_plan_holds_every_act_and_the_faults_worth_showing() -> None:
    acts = draw("banyan", people=200, days=60)
    assert {act.act for act in acts} == set(Act)
    assert {66_601, 66_604, 66_605, 66_606, 66_607, 66_608, 66_609, 66_613} <= {act.amount_fen for act in acts}
    assert {act.scene for act in acts if act.act == Act.PAY} == {"in_app", "qr_payer", "qr_static", "qr_dynamic"}
    assert {act.how for act in acts if act.act == Act.PAY} == {"balance", "card", "both", "nobody"}


def test_fees_are_asked_after_their_agreement_is_signed_and_shares_after_their_order_is_paid() -> None:
    acts = draw("banyan", people=200, days=60)
    signed = {act.how: act.day for act in acts if act.act == Act.JOIN_CLUB}
    fees = [act for act in acts if act.act == Act.DEDUCT]
    assert fees
    assert all((fee.day - signed[fee.how] - 4) % 14 == 0 and fee.day > signed[fee.how] for fee in fees)
    paid = {order_number(act): act for act in acts if act.act == Act.PAY}
    for share in (act for act in acts if act.act == Act.SPLIT):
        assert paid[share.how].person == share.person
        assert share.amount_fen <= paid[share.how].amount_fen * 0.2
        assert share.minute > paid[share.how].minute
