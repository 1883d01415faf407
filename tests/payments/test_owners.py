"""The queues of payments: each row is taken, handed over and put back on its page; who comes late is told; what is over is nobody's."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from core.audit.models import AuditRecord
from core.clock import queries as clock
from core.desk.owned import Owned
from core.desk.site import desk
from core.ids import new_id, parse_public_id
from core.moves import advance
from core.work import services as work
from core.work.models import Assignment, WorkItem
from credit.lines.models import LineRaise
from credit.lines.services import raising
from payments.channels import breaks
from payments.channels.models import Break
from payments.disputes.models import Dispute
from payments.disputes.services import answering, deciding
from payments.notices import services
from payments.notices.models import MerchantNotice
from payments.notices.post import Reply
from payments.settlement.models import Settlement
from tests import factories
from tests.credit.lines.world import activated
from tests.desk.people import staff, verified
from tests.payments.cashier.world import holder, shop
from tests.payments.disputes.world import dispute
from tests.payments.notices.world import a_notice, told_shop
from tests.payments.refunds.world import by_balance
from tests.payments.settlement.world import approve_day, end_day, sell
from tests.payments.wallet.world import open_day
from tests.query_counts import assert_queries_do_not_grow
from tests.wealth.crowdfunding.world import approved, begun, milestone
from tests.wealth.insurance.world import applied, has_all, insurance, quoted
from tests.wealth.orders.world import an_issuer, saver
from wealth.crowdfunding.models import Campaign, CampaignMilestone
from wealth.crowdfunding.services import drafting
from wealth.crowdfunding.states import MILESTONE_MOVES
from wealth.insurance.models import InsuranceApplication, InsuranceClaim

pytestmark = pytest.mark.django_db
WHY = {"reason": "gone to lunch for long"}


def item() -> WorkItem:
    return work.ask(kind="tests.look", target="bank_1", facts={}, at=clock.now())


def difference(number: int = 1) -> Break:
    facts = {"kind": "amount", "source": "t", "request_no": f"r{number}", "ours": "1", "theirs": "2"}
    return Break.objects.create(channel_id="sandbox_bank", created_at=clock.now(), **facts)


def disputed() -> Dispute:
    open_day()
    return dispute(by_balance(shop(), holder(1_000), 1_000), 1_000)


def to_approve() -> Settlement:
    sell(shop(), 10_000)
    return Settlement.objects.get(business_on=end_day())


def not_taken() -> MerchantNotice:
    made = a_notice(told_shop("https://shop.example/hear"))
    MerchantNotice.objects.filter(pk=made.pk).update(state="failed", due_at=None, tries=16)
    made.refresh_from_db()
    return made


def referred() -> InsuranceApplication:
    open_day()
    an_issuer()
    made = applied(who := saver(), quoted(who, insurance(), "heavily"))
    return InsuranceApplication.objects.get(pk=parse_public_id("ina", made["id"]))


def claimed() -> InsuranceClaim:
    open_day()
    an_issuer()
    return InsuranceClaim.objects.get(pk=parse_public_id("inc", has_all(saver(100_000), insurance())["claim_id"]))


def handed_in() -> Campaign:
    open_day()
    who = saver()
    return drafting.hand_in(creator_id=who.id, campaign_id=begun(who).id, at=clock.now())


def to_be_shown() -> CampaignMilestone:
    open_day()
    row = milestone(approved(begun(saver())), 2)
    return advance(row, "waiting", moves=MILESTONE_MOVES, at=clock.now(), amount_fen=100, fee_fen=0)


def raise_asked() -> LineRaise:
    line = activated(factories.customer(pin=factories.PIN))
    return raising.ask(customer_id=line.customer_id, line_id=line.id, amount_fen=line.limit_fen + 1, at=clock.now())


QUEUES: dict[str, Callable[[], Any]] = {
    "credit_lineraise": raise_asked,
    "core_workitem": item,
    "payments_break": difference,
    "payments_dispute": disputed,
    "payments_settlement": to_approve,
    "payments_merchantnotice": not_taken,
    "wealth_campaign": handed_in,
    "wealth_campaignmilestone": to_be_shown,
    "wealth_insuranceapplication": referred,
    "wealth_insuranceclaim": claimed,
}


def listed(client: Client, name: str, whose: str) -> bool:
    page = client.get(reverse(f"admin:{name}_changelist"), {"whose": whose}).content.decode()
    return "/change/" in page.partition('id="result_list"')[2]


def do(client: Client, name: str, act: str, row: Model, **data: Any) -> str:
    """What the page says: the act's own page again where it was refused."""
    answer = client.post(reverse(f"admin:{name}_{act}", args=[row.pk]), {"sent": "1"} | data, follow=True)
    return unescape(answer.content.decode())


def held_by(client: Client, name: str, act: str, row: Model) -> dict[str, Any]:
    """What the act's form carries."""
    form = client.get(reverse(f"admin:{name}_{act}", args=[row.pk])).context["form"]
    return {"held_by": form["held_by"].value()}


def desk_right(name: str) -> str:
    """The act of taking, as the audit log calls it."""
    return next(str(page.queue.right) for model, page in desk._registry.items() if model._meta.db_table == name and isinstance(page, Owned))


def test_every_queue_that_people_take_from_is_tried_here() -> None:
    owned = {f"{model._meta.app_label}_{model._meta.model_name}" for model, page in desk._registry.items() if isinstance(page, Owned)}
    assert owned == QUEUES.keys()


@pytest.mark.parametrize("name", QUEUES)
def test_a_row_is_taken_by_one_handed_over_and_put_back(name: str) -> None:
    row = QUEUES[name]()
    mia, max_user, kim = staff("mia", "finance_maker"), staff("max", "finance_checker"), staff("kim", "marketing")
    hers, his = verified(mia), verified(max_user)
    assert [listed(hers, name, whose) for whose in ("mine", "nobody", "somebody")] == [False, True, False]
    assert "Yours now." in do(hers, name, "take", row)
    assert "mia has taken it meanwhile" in do(his, name, "take", row)
    assert "mia 已先领取" in unescape(
        his.post(reverse(f"admin:{name}_take", args=[row.pk]), {"sent": "1"}, headers={"Accept-Language": "zh-hans"}).content.decode()
    )
    assert [listed(hers, name, whose) for whose in ("mine", "nobody", "somebody")] == [True, False, True]
    assert [listed(his, name, whose) for whose in ("mine", "nobody", "somebody")] == [False, False, True]
    for page in (reverse(f"admin:{name}_changelist"), reverse(f"admin:{name}_change", args=[row.pk])):
        assert "mia" in his.get(page).content.decode()
    read = held_by(his, name, "put-back", row)
    form = hers.get(reverse(f"admin:{name}_hand-over", args=[row.pk])).context["form"]
    assert max_user in form.fields["to"].queryset
    assert not {mia, kim} & set(form.fields["to"].queryset)
    data = WHY | held_by(hers, name, "hand-over", row)
    assert "Select a valid choice" in do(hers, name, "hand-over", row, to=kim.pk, **data)
    assert "It is max's now." in do(hers, name, "hand-over", row, to=max_user.pk, **data)
    assert "in other hands" in do(his, name, "put-back", row, **WHY, **read)
    assert "It is nobody's now." in do(his, name, "put-back", row, **WHY, **held_by(his, name, "put-back", row))
    assert not Assignment.objects.exists()
    kept = AuditRecord.objects.filter(act__endswith=".take").order_by("pk")
    told = [(one.actor, one.reason, one.details.get("from"), one.details.get("to")) for one in kept]
    reason = WHY["reason"]
    assert told == [("staff:mia", "", None, None), ("staff:mia", reason, "mia", "max"), ("staff:max", reason, "max", None)]
    assert {one.details["what"] for one in kept} == {kept[0].details["what"]}


@pytest.mark.parametrize("name", QUEUES)
def test_who_has_it_next_reads_what_the_one_before_wrote(name: str) -> None:
    row = QUEUES[name]()
    mia = verified(staff("mia", "finance_maker"))
    max_user = staff("max", "finance_maker")
    do(mia, name, "take", row)
    note = "called the bank <twice>, they answer on Monday"
    do(mia, name, "hand-over", row, to=max_user.pk, reason=note, **held_by(mia, name, "hand-over", row))
    address = reverse(f"admin:{name}_change", args=[row.pk])
    shown = verified(max_user).get(address).content.decode()
    for text in ("What was done here", "staff:mia", desk_right(name), "called the bank &lt;twice&gt;"):
        assert text in shown, text
    chinese = verified(max_user).get(address, headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "处理记录" in chinese
    assert "called the bank &lt;twice&gt;" in chinese


def test_the_notes_on_one_notice_are_read_on_another_of_the_app_and_only_the_newest() -> None:
    where = told_shop("https://shop.example/hear")
    rows = [a_notice(where) for _ in range(2)]
    MerchantNotice.objects.update(state="failed", due_at=None, tries=16)
    sue, page = verified(staff("sue", "support")), reverse("admin:payments_merchantnotice_change", args=[rows[1].pk])
    for number in range(12):
        do(sue, "payments_merchantnotice", "take", rows[0])
        read = held_by(sue, "payments_merchantnotice", "put-back", rows[0])
        do(sue, "payments_merchantnotice", "put-back", rows[0], reason=f"note number {number:02}", **read)
    shown = sue.get(page).content.decode()
    assert [f"note number {number:02}" in shown for number in (6, 7, 11)] == [False, True, True]


def test_a_list_asks_no_more_with_many_owners_than_with_one() -> None:
    clients = [verified(staff(f"m{number}", "finance_maker")) for number in range(4)]
    for number, client in enumerate(clients):
        do(client, "payments_break", "take", difference(number))
    label = reverse("admin:payments_break_changelist")
    assert_queries_do_not_grow(lambda whose: clients[0].get(label, {"whose": whose}), "mine", "somebody")


def test_who_has_a_dispute_has_the_work_items_about_it_and_keeps_it_until_it_is_over() -> None:
    row = disputed()
    mia = verified(staff("mia", "finance_maker"))
    do(mia, "payments_dispute", "take", row)
    answering.answer(dispute_id=row.pk, text="It was her.", at=clock.now())
    asked = WorkItem.objects.get(target=row.public_id)
    assert listed(mia, "core_workitem", "mine")
    assert "mia" in mia.get(reverse("admin:core_workitem_change", args=[asked.pk])).content.decode()
    deciding.withdraw(customer_id=row.payer_id, dispute_id=row.pk, at=clock.now())
    assert not Assignment.objects.exists()
    assert "It is settled" in do(mia, "payments_dispute", "take", row)
    assert "Take it" not in mia.get(reverse("admin:payments_dispute_change", args=[row.pk])).content.decode()


def test_a_days_list_has_one_owner_until_it_is_approved() -> None:
    sell(shop(), 10_000)
    sell(shop(), 20_000)
    day = end_day()
    one, other = Settlement.objects.filter(business_on=day)
    mia = verified(staff("mia", "finance_maker"))
    do(mia, "payments_settlement", "take", one)
    assert "mia has taken it meanwhile" in do(verified(staff("max", "finance_checker")), "payments_settlement", "take", other)
    assert mia.get(reverse("admin:payments_settlement_changelist"), {"whose": "mine"}).context["cl"].result_list.count() == 2
    approve_day(day)
    assert not Assignment.objects.exists()
    assert not listed(mia, "payments_settlement", "mine")


def test_the_notices_an_app_did_not_take_have_one_owner_who_has_its_work_item() -> None:
    where = told_shop("https://shop.example/hear")
    rows = [a_notice(where) for _ in range(2)]
    MerchantNotice.objects.update(state="failed", due_at=None, tries=16)
    work.ask(kind="notice.failed", target=rows[0].app_public_id, facts={}, at=clock.now())
    sue = verified(staff("sue", "support"))
    do(sue, "payments_merchantnotice", "take", rows[0])
    for name, number in (("payments_merchantnotice", 2), ("core_workitem", 1)):
        assert sue.get(reverse(f"admin:{name}_changelist"), {"whose": "mine"}).context["cl"].result_list.count() == number


def test_an_apps_notices_are_nobodys_once_none_is_left_that_was_not_taken() -> None:
    where = told_shop("https://shop.example/hear")
    rows = [a_notice(where) for _ in range(2)]
    MerchantNotice.objects.update(state="failed", due_at=None, tries=16)
    sue = verified(staff("sue", "support"))
    do(sue, "payments_merchantnotice", "take", rows[0])
    services.resend(notice_id=rows[0].pk, at=clock.now())
    assert Assignment.objects.get().target == where.app.public_id, "another one still waits"
    asked = work.ask(kind=services.FAILED, target=where.app.public_id, facts={}, at=clock.now())
    services.resend(notice_id=rows[1].pk, at=clock.now())
    assert Assignment.objects.exists(), "its work item is open until they are taken"
    services.conclude(notice=MerchantNotice.objects.get(pk=rows[0].pk), reply=Reply(200, "", "ok", 5), at=clock.now())
    asked.refresh_from_db()
    assert (asked.finished_by, Assignment.objects.exists()) == ("system", False)
    MerchantNotice.objects.filter(pk=rows[1].pk).update(state="failed", due_at=None, tries=32)
    do(sue, "payments_merchantnotice", "take", rows[1])
    services.resend(notice_id=rows[1].pk, at=clock.now())
    assert not Assignment.objects.exists(), "no item asks for it: it goes with the last one"


def test_a_break_that_the_channel_settles_itself_is_nobodys() -> None:
    row = difference()
    mia = verified(staff("mia", "finance_maker"))
    do(mia, "payments_break", "take", row)
    breaks.end([row.pk, new_id()], why="settled", at=clock.now())
    assert not Assignment.objects.exists()
    assert not listed(mia, "payments_break", "somebody")
