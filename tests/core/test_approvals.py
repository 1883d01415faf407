"""Maker-checker: every known way around the second person, none of which succeeds."""

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import DatabaseError, connection, connections, transaction

from core.approvals import register, services
from core.approvals.models import Approval
from core.audit.models import AuditRecord
from core.desk import staff as operators
from core.errors import DomainError, Forbidden, Invalid, NotFound
from core.moves import WrongState
from core.outbox.models import OutboxEvent

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ACT = "tests.grant"
GRANTED: list[dict[str, object]] = []


class Refused(DomainError):
    code = "tests_refused"
    en = "No."
    zh = "否。"


def grant(payload: register.Payload, at: datetime) -> str:
    services.must_be_applying(ACT)
    if payload.get("refuse"):
        raise Refused()
    GRANTED.append(payload)
    return f"granted {payload['amount_fen']}"


def sensible(payload: register.Payload, at: datetime) -> None:
    if not isinstance(payload.get("amount_fen"), int):
        raise Invalid("amount_fen", "Send a whole number of fen.", "请填写以分为单位的整数。")


@pytest.fixture(autouse=True)
def sensitive_act() -> Iterator[None]:
    GRANTED.clear()
    register.register(ACT, apply=grant, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=4, check=sensible)
    yield
    del register.ACTS[ACT]


def staff(name: str, *roles: str, **fields: bool) -> User:
    user = User.objects.create_user(name, password=None, is_staff=True, **fields)
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    return user


def proposed(maker: User, **payload: object) -> Approval:
    return services.propose(
        act=ACT, payload={"target": "cus_1", "amount_fen": 500, **payload}, maker=maker, reason="goodwill for a late payout", at=AT
    )


def nothing_was_granted(approval: Approval) -> None:
    assert GRANTED == []
    assert Approval.objects.get(pk=approval.pk).state == Approval.State.PENDING


@pytest.mark.django_db
class TestOneDecision:
    def test_another_person_with_the_role_applies_it_and_both_steps_are_on_record(self) -> None:
        maker, checker = staff("maker", "finance_maker"), staff("checker", "finance_checker")
        approval = proposed(maker)
        decided = services.approve(approval_id=approval.id, checker=checker, at=AT + timedelta(hours=1))
        assert (decided.state, decided.decision, GRANTED) == ("applied", "granted 500", [{"target": "cus_1", "amount_fen": 500}])
        records = AuditRecord.objects.order_by("id")
        assert [(row.actor, row.act, row.target) for row in records] == [
            ("staff:maker", "approval.proposed", "cus_1"),
            ("staff:checker", "approval.applied", "cus_1"),
        ]
        assert [event.topic for event in OutboxEvent.objects.order_by("id")] == ["approval.proposed", "approval.applied"]

    def test_the_maker_cannot_approve_even_with_both_roles(self) -> None:
        maker = staff("maker", "finance_maker", "finance_checker")
        approval = proposed(maker)
        with pytest.raises(services.SamePerson):
            services.approve(approval_id=approval.id, checker=maker, at=AT)
        nothing_was_granted(approval)

    def test_the_maker_in_a_second_session_is_still_the_maker(self) -> None:
        maker = staff("maker", "finance_maker", "finance_checker")
        approval = proposed(maker)
        with pytest.raises(services.SamePerson):
            services.approve(approval_id=approval.id, checker=User.objects.get(username="maker"), at=AT)
        nothing_was_granted(approval)

    def test_a_superuser_without_the_role_neither_proposes_nor_approves(self) -> None:
        root = staff("root", is_superuser=True)
        approval = proposed(staff("maker", "finance_maker"))
        with pytest.raises(Forbidden):
            services.approve(approval_id=approval.id, checker=root, at=AT)
        with pytest.raises(Forbidden):
            proposed(root, target="cus_2")
        nothing_was_granted(approval)

    def test_someone_dismissed_cannot_approve(self) -> None:
        approval = proposed(staff("maker", "finance_maker"))
        with pytest.raises(Forbidden):
            services.approve(approval_id=approval.id, checker=staff("gone", "finance_checker", is_active=False), at=AT)
        nothing_was_granted(approval)

    def test_a_proposal_is_not_applied_once_its_maker_is_dismissed(self) -> None:
        maker, checker = staff("maker", "finance_maker"), staff("checker", "finance_checker")
        approval = proposed(maker)
        operators.dismiss(user=maker, at=AT)
        with pytest.raises(services.MakerGone):
            services.approve(approval_id=approval.id, checker=checker, at=AT)
        nothing_was_granted(approval)
        assert services.reject(approval_id=approval.id, checker=checker, reason="the maker left", at=AT).state == "rejected"

    @pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
    def test_a_proposal_is_not_applied_while_its_makers_account_is_closed(self, change: dict[str, bool]) -> None:
        maker, checker = staff("maker", "finance_maker"), staff("checker", "finance_checker")
        approval = proposed(maker)
        User.objects.filter(pk=maker.pk).update(**change)
        with pytest.raises(services.MakerGone):
            services.approve(approval_id=approval.id, checker=checker, at=AT)
        nothing_was_granted(approval)

    def test_a_proposal_is_not_applied_once_its_maker_changed_roles_and_is_when_the_role_is_back(self) -> None:
        maker, checker = staff("maker", "finance_maker"), staff("checker", "finance_checker")
        approval = proposed(maker)
        operators.set_roles(user=maker, roles=["support"], at=AT)
        with pytest.raises(services.MakerGone):
            services.approve(approval_id=approval.id, checker=checker, at=AT)
        nothing_was_granted(approval)
        operators.set_roles(user=maker, roles=["finance_maker"], at=AT)
        assert services.approve(approval_id=approval.id, checker=checker, at=AT).state == "applied"

    def test_a_checker_cannot_start_the_act(self) -> None:
        with pytest.raises(Forbidden):
            proposed(staff("checker", "finance_checker"))
        assert Approval.objects.count() == 0

    def test_calling_the_service_behind_the_act_directly_is_refused(self) -> None:
        with pytest.raises(services.ApprovalNeeded):
            grant({"amount_fen": 500}, AT)
        assert GRANTED == []

    def test_one_act_being_applied_does_not_open_another(self) -> None:
        with services.applying("tests.other", maker="staff:max", checker="staff:cara"), pytest.raises(services.ApprovalNeeded):
            grant({"amount_fen": 500}, AT)
        assert GRANTED == []

    def test_a_payload_changed_after_the_proposal_is_refused_by_the_database_and_if_forced_by_its_hash(self) -> None:
        approval = proposed(staff("maker", "finance_maker"))
        with pytest.raises(DatabaseError), transaction.atomic():
            Approval.objects.filter(pk=approval.pk).update(payload={"target": "cus_1", "amount_fen": 5_000_000})
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute('UPDATE core_approval SET payload = \'{"target": "cus_1", "amount_fen": 5000000}\'')
            cursor.execute("SET LOCAL session_replication_role = origin")
        with pytest.raises(services.PayloadChanged):
            services.approve(approval_id=approval.id, checker=staff("checker", "finance_checker"), at=AT)
        nothing_was_granted(approval)

    def test_a_second_pending_proposal_on_the_same_target_is_refused_and_a_later_one_is_not(self) -> None:
        maker, checker = staff("maker", "finance_maker"), staff("checker", "finance_checker")
        approval = proposed(maker)
        with pytest.raises(services.AlreadyProposed) as refused:
            proposed(maker, amount_fen=900)
        assert refused.value.members["approval"] == approval.public_id
        services.reject(approval_id=approval.id, checker=checker, reason="too little", at=AT)
        assert proposed(maker, amount_fen=900).state == "pending"

    @pytest.mark.parametrize("late", [timedelta(hours=4), timedelta(days=30)])
    def test_an_expired_proposal_cannot_be_approved(self, late: timedelta) -> None:
        approval = proposed(staff("maker", "finance_maker"))
        with pytest.raises(services.ApprovalExpired):
            services.approve(approval_id=approval.id, checker=staff("checker", "finance_checker"), at=AT + late)
        nothing_was_granted(approval)

    def test_the_job_expires_what_is_late_and_nothing_else(self) -> None:
        maker = staff("maker", "finance_maker")
        late = proposed(maker)
        assert services.expire(at=AT + timedelta(hours=4, seconds=-1)) == 0
        assert services.expire(at=AT + timedelta(hours=4)) == 1
        assert services.expire(at=AT + timedelta(hours=4)) == 0
        assert Approval.objects.get(pk=late.pk).state == "expired"

    def test_what_the_act_refuses_leaves_the_proposal_waiting(self) -> None:
        approval = proposed(staff("maker", "finance_maker"), refuse=True)
        with pytest.raises(Refused):
            services.approve(approval_id=approval.id, checker=staff("checker", "finance_checker"), at=AT)
        nothing_was_granted(approval)

    def test_a_decided_proposal_is_not_decided_again(self) -> None:
        checker = staff("checker", "finance_checker")
        approval = proposed(staff("maker", "finance_maker"))
        services.approve(approval_id=approval.id, checker=checker, at=AT)
        for act in (services.approve, services.reject):
            with pytest.raises(WrongState):
                act(approval_id=approval.id, checker=checker, at=AT, **({"reason": "no"} if act is services.reject else {}))
        assert len(GRANTED) == 1

    def test_only_the_maker_withdraws(self) -> None:
        maker, other = staff("maker", "finance_maker"), staff("other", "finance_maker", "finance_checker")
        approval = proposed(maker)
        with pytest.raises(NotFound):
            services.withdraw(approval_id=approval.id, maker=other, at=AT)
        assert services.withdraw(approval_id=approval.id, maker=maker, at=AT).state == "withdrawn"

    def test_a_reason_is_asked_for_and_the_acts_own_check_names_the_field(self) -> None:
        maker = staff("maker", "finance_maker")
        with pytest.raises(Invalid) as refused:
            services.propose(act=ACT, payload={"target": "x", "amount_fen": 1}, maker=maker, reason=" ok ", at=AT)
        assert refused.value.field == "reason"
        with pytest.raises(Invalid) as refused:
            proposed(maker, amount_fen="5")
        assert refused.value.field == "amount_fen"
        with pytest.raises(register.UnknownAct):
            services.propose(act="no.such", payload={}, maker=maker, reason="because of it", at=AT)
        with pytest.raises(NotFound):
            services.approve(approval_id=uuid.uuid4(), checker=maker, at=AT)
        assert Approval.objects.count() == 0


@pytest.mark.django_db
class TestTheDatabaseRefuses:
    @pytest.mark.parametrize(
        "values",
        [
            {"state": "applied", "decided_at": AT},
            {"state": "withdrawn"},
            {"state": "applied", "decided_at": AT + timedelta(days=2), "checker": "checker"},
            {"state": "applied", "decided_at": AT, "checker": "maker"},
            {"state": "paid", "decided_at": AT},
        ],
    )
    def test_a_decision_that_is_none(self, values: dict[str, object]) -> None:
        approval = proposed(staff("maker", "finance_maker"))
        staff("checker", "finance_checker")
        if "checker" in values:
            values = {**values, "checker": User.objects.get(username=values["checker"])}
        with pytest.raises(DatabaseError), transaction.atomic():
            Approval.objects.filter(pk=approval.pk).update(**values)

    def test_a_row_born_approved(self) -> None:
        maker, checker = staff("maker", "finance_maker"), staff("checker", "finance_checker")
        row = {"act": ACT, "payload": {}, "payload_hash": b"", "reason": "why not", "created_at": AT, "target": "t"}
        with pytest.raises(DatabaseError), transaction.atomic():
            Approval.objects.create(**row, maker=maker, checker=checker, state="applied", decided_at=AT, expires_at=AT + timedelta(1))

    def test_a_decision_taken_back_or_a_row_removed(self) -> None:
        approval = proposed(staff("maker", "finance_maker"))
        services.reject(approval_id=approval.id, checker=staff("checker", "finance_checker"), reason="no", at=AT)
        with pytest.raises(DatabaseError), transaction.atomic():
            Approval.objects.filter(pk=approval.pk).update(state="pending", checker=None, decided_at=None)
        with pytest.raises(DatabaseError), transaction.atomic():
            Approval.objects.filter(pk=approval.pk).delete()


@pytest.mark.django_db(transaction=True)
def test_two_checkers_at_once_apply_it_once() -> None:
    approval = proposed(staff("maker", "finance_maker"))
    checkers = [staff(f"checker{number}", "finance_checker") for number in range(4)]
    outcomes: list[str] = []
    barrier = threading.Barrier(len(checkers))

    def decide(checker: User) -> None:
        barrier.wait()
        try:
            outcomes.append(services.approve(approval_id=approval.id, checker=checker, at=AT).state)
        except WrongState as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=(checker,)) for checker in checkers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["applied", "wrong_state", "wrong_state", "wrong_state"]
    assert len(GRANTED) == 1
