"""What the desk says of work to do and of proposals: names, owners, amounts in yuan and links, where the database keeps codes and JSON."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.identity.models import Customer
from accounts.identity.services import freeze
from accounts.privacy.publishing import NothingNew, draft_of, examined
from accounts.privacy.queries import newest
from accounts.verification.models import OutflowLimit
from core.approvals import services as approvals
from core.approvals.models import Approval
from core.audit import services as audit
from core.clock import queries as clock
from core.desk.base import DeskAdmin
from core.desk.facts import facts
from core.desk.proposals import ProposedAdmin
from core.desk.references import reference
from core.desk.site import desk
from core.idempotency.models import IdempotencyRecord
from core.ids import new_id, public_id
from core.moves import WrongState
from core.outbox import services as outbox
from core.work import services as work
from core.work.models import WorkItem
from payments.channels.both_sides import side
from payments.channels.models import Break, Breaker, Channel, ChannelCredential, MaintenanceWindow
from payments.reconciliation.models import ReconRun
from tests.desk.people import staff, verified
from tests.factories import customer

pytestmark = pytest.mark.django_db
CHINESE = {"accept-language": "zh-CN"}
LIMIT = reverse("admin:accounts_outflowlimit_add")


@pytest.fixture
def lin() -> Customer:
    return customer(verified_class=None)


def test_who_approves_reads_whom_it_is_about_and_no_codes(lin: Customer) -> None:
    freeze(customer_id=lin.pk, reason="stolen phone", at=clock.now())
    maker, risk = staff("sue", "support"), verified(staff("rik", "risk"))
    asked = approvals.propose(
        act="customer.unfreeze", payload={"target": lin.public_id}, maker=maker, reason="came in person", at=clock.now()
    )
    for address in (
        reverse("admin:core_approval_changelist"),
        reverse("admin:core_approval_change", args=[asked.pk]),
        reverse("admin:core_approval_approve", args=[asked.pk]),
    ):
        page = risk.get(address, headers=CHINESE).content.decode()
        assert reverse("admin:accounts_customer_change", args=[lin.pk]) in page
        assert "解冻客户" in page
        assert f'href="{reverse("admin:auth_user_change", args=[maker.pk])}"' not in page, "who sees no staff gets no link to them"
    assert "****" in page, "the customer as the list shows them"
    answer = risk.post(reverse("admin:core_approval_approve", args=[asked.pk]), {"read": "on"}, headers=CHINESE, follow=True)
    assert "已执行" in answer.content.decode()
    assert "can act again" not in answer.content.decode()
    late = risk.post(reverse("admin:core_approval_approve", args=[asked.pk]), {"read": "on"}, headers=CHINESE)
    assert "当前状态已是" in late.content.decode()
    found = risk.get(reverse("admin:core_approval_changelist"), {"q": lin.public_id}).content.decode()
    assert asked.public_id in found


def test_an_adjustment_waits_with_its_amount_in_yuan(lin: Customer) -> None:
    maker, checker = staff("mia", "finance_maker"), verified(staff("cara", "finance_checker"))
    row = Approval(act="ledger.adjust", target="payload:0", maker=maker, reason="statement 12", payload_hash=b"0", created_at=clock.now())
    row.payload = {"debited": "clearing:channel:sandbox_bank", "credited": "acc_x", "amount": 123456, "reference": "line 3"}
    row.expires_at = clock.now() + timedelta(hours=1)
    row.save()
    page = checker.get(reverse("admin:core_approval_approve", args=[row.pk])).content.decode()
    assert [words in page for words in ("Adjust the books", "1,234.56", "Debited account", "123456")] == [True, True, True, False]


def test_an_act_shows_the_row_it_is_done_to(lin: Customer) -> None:
    page = verified(staff("rik", "risk")).get(reverse("admin:accounts_customer_freeze", args=[lin.pk])).content.decode()
    assert [words in page for words in ("Registered", "****", lin.public_id)] == [True] * 3


def test_a_work_item_says_what_it_is_what_to_do_and_leads_there(lin: Customer) -> None:
    work.ask(kind="withdrawal.unclaimed", target=lin.public_id, facts={"amount_fen": 60200, "code": "CLOSED"}, at=clock.now())
    work.ask(kind="nobody.named", target="thing:1", facts={}, at=clock.now())
    item = WorkItem.objects.get(kind="withdrawal.unclaimed")
    client = verified(staff("mia", "finance_maker"))
    listed = client.get(reverse("admin:core_workitem_changelist"), {"state": "waiting"}, headers=CHINESE).content.decode()
    assert [words in listed for words in ("无人认领的提现", "nobody.named", "待处理", ">WAITING<")] == [True, True, True, False]
    assert reverse("admin:accounts_customer_change", args=[lin.pk]) in listed
    page = client.get(reverse("admin:core_workitem_change", args=[item.pk])).content.decode()
    assert [words in page for words in ("Pay it by hand", "602.00", "60200")] == [True, True, False]
    assert "thing:1" not in client.get(reverse("admin:core_workitem_changelist"), {"q": lin.public_id}).content.decode()


def test_only_what_no_act_ends_is_ended_by_a_persons_word(lin: Customer) -> None:
    for kind in ("withdrawal.unclaimed", "audit.broken"):
        work.ask(kind=kind, target=lin.public_id, facts={}, at=clock.now())
    client = verified(staff("mia", "finance_maker"))
    ends_by_itself, by_word = (WorkItem.objects.get(kind=kind) for kind in ("withdrawal.unclaimed", "audit.broken"))
    addresses = [reverse("admin:core_workitem_finish", args=[item.pk]) for item in (ends_by_itself, by_word)]
    pages = [client.get(reverse("admin:core_workitem_change", args=[item.pk])).content.decode() for item in (ends_by_itself, by_word)]
    assert [address in page for address, page in zip(addresses, pages, strict=True)] == [False, True]
    assert "Once two people book it as paid by hand" in pages[0]
    for address in addresses:
        client.post(address, {"reason": "done today"})
    assert [item.kind for item in WorkItem.objects.filter(finished_at=None)] == ["withdrawal.unclaimed"]


def test_a_dated_rule_that_is_refused_stays_on_its_form() -> None:
    maker = verified(staff("mia", "finance_maker"))
    row = OutflowLimit.objects.order_by("pk").first()
    assert row is not None
    typed = {"account_class": 1, "period": "day", "starts_on": "2020-12-01", "cap_fen": "77.70", "source": "notice 9", "reason": "a notice"}
    answer = maker.post(LIMIT, typed, headers=CHINESE)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert [words in page for words in ("起始日 设为将来的时间", 'value="77.70"', "starts_on 设")] == [True, True, False]
    assert Approval.objects.count() == 0


def test_channel_health_lists_a_channel_that_never_failed() -> None:
    client = verified(staff("sue", "support"))
    address = reverse("admin:payments_channelhealth_changelist")
    Channel.objects.filter(code="sandbox_bank").update(enabled=True)
    ChannelCredential.objects.create(channel_id="sandbox_bank", merchant="m", private_key_pem="x", created_at=clock.now())
    assert "sandbox_bank" in client.get(address).content.decode()
    assert ">sandbox_bank<" in client.get(address, {"fares": "open"}).content.decode()
    assert ">sandbox_bank<" not in client.get(address, {"fares": "resting"}).content.decode()


def test_channel_health_says_first_what_people_decided_of_a_channel() -> None:
    client, at = verified(staff("sue", "support")), clock.now()
    page = reverse("admin:payments_channelhealth_change", args=[Channel.objects.get(code="sandbox_bank").pk])
    address = reverse("admin:payments_channelhealth_changelist")

    def shown(fares: str, words: str) -> bool:
        listed = client.get(address, {"fares": fares}).content.decode()
        opened = client.get(page).content.decode()
        return ">sandbox_bank<" in listed and f">{words}</span>" in listed and f">{words}</span>" in opened

    Channel.objects.filter(code="sandbox_bank").update(enabled=True)
    Breaker.objects.create(channel_id="sandbox_bank", changed_at=at)
    Breaker.objects.update(state="open", retry_at=at, opened_at=at, code="busy")
    assert shown("unconnected", "not connected")
    ChannelCredential.objects.create(channel_id="sandbox_bank", merchant="m", private_key_pem="x", created_at=at)
    assert shown("resting", "at rest")
    window = {"starts_at": at, "ends_at": at + timedelta(hours=1), "words_en": "x", "words_zh": "x", "created_at": at}
    MaintenanceWindow.objects.create(channel_id="sandbox_bank", **window)
    assert shown("maintenance", "under maintenance")
    Channel.objects.filter(code="sandbox_bank").update(enabled=False)
    assert shown("off", "switched off")
    assert ">sandbox_bank<" not in client.get(address, {"fares": "open"}).content.decode()


def test_keys_and_owners_that_name_a_customer_lead_to_them(lin: Customer) -> None:
    client, at = verified(staff("sue", "support")), clock.now()
    page_of_lin = f'href="{reverse("admin:accounts_customer_change", args=[lin.pk])}"'
    IdempotencyRecord.objects.create(owner=f"cus:{lin.pk}", key="k", fingerprint=b"", started_at=at)
    IdempotencyRecord.objects.create(owner="machine", key="k", fingerprint=b"", started_at=at)
    page = client.get(reverse("admin:core_idempotencyrecord_changelist")).content.decode()
    assert [words in page for words in (page_of_lin, lin.public_id, "machine", f"cus:{lin.pk}")] == [True, True, True, False]
    outbox.publish(topic="t.it", owner=lin.pk, payload={"it": f"xyz_{lin.public_id.removeprefix('cus_')}"}, at=at)
    assert str(lin.pk) not in client.get(reverse("admin:core_outboxevent_changelist"), {"q": lin.public_id}).content.decode().replace(
        page_of_lin, ""
    )


def test_a_version_of_a_document_that_says_nothing_new_is_refused() -> None:
    draft = draft_of(newest("marketing"))
    again = type(draft)(**draft.values() | {"version": draft.version + 1, "required_on": None})
    with pytest.raises(NothingNew):
        examined(kind="marketing", draft=again, at=clock.now())


def test_facts_are_words_yuan_links_and_shanghai_time(lin: Customer) -> None:
    with translation.override("en"):
        shown = facts({"amount_fen": 5, "ok": True, "since": "2026-11-22T00:00:00+00:00", "customer": lin.public_id, "none": None})
    parts = (">0.05<", ">yes<", "2026-11-22 08:00:00", "href=", ">-<")
    assert [part in shown for part in parts] == [True] * 5


@pytest.mark.parametrize(
    ("kind", "text", "shown", "chinese"),
    [
        ("amount", "12345 CNY", "123.45", "123.45"),
        ("amount", "-5 USD", "-0.05 USD", "-0.05 USD"),
        ("theirs_only", "payment.succeeded 500 CNY", "payment 5.00", "付款 5.00"),
        ("theirs_only", "unknown", "no order of ours", "非我方订单"),
        ("theirs_only", "debit 9007 CNY", "money out of the account 90.07", "账户支出 90.07"),
        ("status", "unknown", "unknown", "未知"),
        ("status", "failed card_declined", "failed card_declined", "失败 card_declined"),
        ("status", "top_up paid", "top up paid", "充值 已到账"),
        ("cut_off", "not listed", "not in the statement", "对账单未列"),
        ("theirs_only", "", "nothing", "无"),
    ],
)
def test_each_side_of_a_break_is_words_and_yuan(kind: str, text: str, shown: str, chinese: str) -> None:
    with translation.override("en"):
        assert side(kind, text) == shown
    with translation.override("zh-hans"):
        assert side(kind, text) == chinese


def test_a_break_leads_to_its_day_and_the_day_to_its_breaks() -> None:
    day = clock.local_day(clock.now())
    run = ReconRun.objects.create(channel_id="sandbox_bank", day=day, created_at=clock.now(), changed_at=clock.now())
    facts = {"source": f"statement {day} line 1", "request_no": "chr_x", "day": day, "created_at": clock.now()}
    row = Break.objects.create(channel_id="sandbox_bank", kind="amount", ours="12345 CNY", theirs="payment 12346 CNY", **facts)
    client = verified(staff("cara", "finance_checker"))
    page = client.get(reverse("admin:payments_break_change", args=[row.pk])).content.decode()
    assert [words in page for words in ("Amount (yuan)", "123.45", "123.46", "12345 CNY")] == [True, True, True, False]
    (to_run,) = re.findall(r'href="([^"]*reconrun/\?[^"]*)"', unescape(page))
    listed = client.get(to_run).content.decode()
    to_day = reverse("admin:payments_reconrun_change", args=[run.pk])
    assert to_day in listed
    (to_breaks,) = re.findall(r'href="([^"]*break/\?day[^"]*)"', unescape(client.get(to_day).content.decode()))
    assert reverse("admin:payments_break_change", args=[row.pk]) in client.get(to_breaks).content.decode()


def test_what_only_finance_may_open_is_a_link_for_finance_alone() -> None:
    day = clock.local_day(clock.now())
    run = ReconRun.objects.create(channel_id="sandbox_bank", day=day, created_at=clock.now(), changed_at=clock.now())
    to_day = reverse("admin:payments_reconrun_change", args=[run.pk])
    work.ask(kind="reconciliation.waiting", target=run.public_id, facts={}, at=clock.now())
    lost = new_id()
    audit.record(actor="staff:mia", act="break.take", target=f"break:{lost}", reason="", details={}, at=clock.now())
    finance, support, auditor = (verified(staff(name, name)) for name in ("finance_maker", "support", "auditor"))
    items = reverse("admin:core_workitem_changelist")
    assert [to_day in client.get(items).content.decode() for client in (finance, support, auditor)] == [True, False, True]
    assert run.public_id in support.get(items).content.decode()
    entries = auditor.get(reverse("admin:core_auditrecord_changelist")).content.decode()
    assert reverse("admin:payments_break_change", args=[lost]) in entries


def test_a_wrong_state_is_named_in_the_readers_language() -> None:
    assert WrongState(state="to_manual", wanted="credited").text("en").startswith("This is to manual now, so it cannot become credited.")
    assert WrongState(state="frozen", wanted="frozen").text("en") == "This is frozen already; nothing was done."
    with translation.override("en"):
        assert "转人工" in WrongState(state="to_manual", wanted="credited").text("zh-hans")


def test_what_a_work_item_is_about_is_a_link_where_all_who_work_may_open_its_page() -> None:
    halted, lost = new_id(), new_id()
    assert reverse("admin:accounts_ledgerhalt_change", args=[halted]) in reference(f"halt:{halted}")
    assert reverse("admin:payments_channelhealth_changelist") + "?code__exact=sandbox_bank" in reference("channel:sandbox_bank")
    assert ["href" in reference(text) for text in (f"break:{lost}", public_id("rec", lost), "halt:x", "audit")] == [False] * 4
    listed = verified(staff("sue", "support")).get(reverse("admin:payments_channelhealth_changelist"), {"code__exact": "sandbox_bank"})
    assert [row.code for row in listed.context["cl"].result_list] == ["sandbox_bank"]


def test_every_page_says_what_it_shows_and_shows_no_money_raw() -> None:
    pages = [page for page in desk._registry.values() if isinstance(page, DeskAdmin) and not isinstance(page, ProposedAdmin)]
    assert len(pages) > 50
    silent = [page.opts.label for page in pages if not page.get_fields_shown()]
    raw = [f"{page.opts.label}.{name}" for page in pages for name in page.get_fields_shown() if name.endswith("_fen")]
    assert (silent, raw) == ([], [])
