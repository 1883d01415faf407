"""Reads of what is proven of a customer."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

import orjson

from accounts.verification import classes, outflow
from accounts.verification.id_numbers import birth_date, masked_id_number, masked_name, read_id_number
from accounts.verification.models import ClassRule, Evidence, IdentityClaim, OutflowLimit, RealNameCheck
from accounts.verification.models import RealName as RealNameRow
from core.clock.queries import local_day
from core.errors import NotFound
from core.limits import queries as limits
from core.questions import Question, ask


@dataclass(frozen=True)
class RealName:
    """A proven name and identity number in clear, for use inside only (signing a card)."""

    name: str
    id_number: str


def real_name(customer_id: uuid.UUID) -> RealName | None:
    row = RealNameRow.objects.filter(customer_id=customer_id, erased_at=None).first()
    return RealName(row.name, row.id_number) if row else None


def born_on(customer_id: uuid.UUID) -> date | None:
    """The birth date in the proven identity number."""
    found = real_name(customer_id)
    return birth_date(found.id_number) if found else None


def age(customer_id: uuid.UUID, day: date) -> int | None:
    """Whole years by the proven identity number; None where none is proven."""
    found = real_name(customer_id)
    return read_id_number(found.id_number, today=day).age_on(day) if found else None


def real_names(customer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The proven names of several customers in one query; the unverified are left out. For use inside only: show them masked."""
    rows = RealNameRow.objects.filter(customer_id__in=list(customer_ids), erased_at=None)
    return {row.customer_id: row.name for row in rows}


def account_class(customer_id: uuid.UUID, at: datetime | None = None) -> int:
    """0 unverified, else 1, 2 or 3: counted from the checks that stand, by the rules of the day of `at` (the newest unless told)."""
    return classes.class_of(evidence(customer_id), class_rules(at))


def evidence(customer_id: uuid.UUID) -> list[classes.Check]:
    """The checks that stand, oldest first."""
    rows = Evidence.objects.filter(customer_id=customer_id, withdrawn_at=None).order_by("created_at", "id")
    return [classes.Check(row.kind, row.source, row.created_at) for row in rows]


def class_rules(at: datetime | None = None) -> dict[int, classes.Rule]:
    """Account class to its rule in force."""
    rows = ClassRule.objects.order_by("account_class", "starts_on")
    if at is not None:
        rows = rows.filter(starts_on__lte=local_day(at))
    return {row.account_class: classes.Rule(row.checks, row.least_age, row.source) for row in rows}


def latest_check(customer_id: uuid.UUID) -> RealNameCheck | None:
    return RealNameCheck.objects.filter(customer_id=customer_id).order_by("-created_at", "-id").first()


def holder_of(id_index: bytes) -> uuid.UUID | None:
    """Whose proven identity number this is."""
    return IdentityClaim.objects.filter(id_index=id_index).values_list("customer_id", flat=True).first()


def outflow_caps(account_class: int, at: datetime) -> dict[tuple[str, bool], int]:
    """(period, by one factor alone) to the cap in fen in force for a class; a pair without a row has no cap."""
    rows = OutflowLimit.objects.filter(account_class=account_class, starts_on__lte=local_day(at)).order_by("starts_on")
    return {(row.period, row.one_factor): row.cap_fen for row in rows}


class OutflowFacts(NamedTuple):
    """A customer's account class, the person who is counted (None without a proven name), and the caps in force for the class:
    (period, by one factor alone) to fen."""

    account_class: int
    person: uuid.UUID | None
    caps: dict[tuple[str, bool], int]


OUTFLOW_FACTS = """
SELECT ARRAY[
  array_to_json(ARRAY(SELECT ARRAY[kind, source] FROM accounts_evidence WHERE customer_id = %s AND withdrawn_at IS NULL))::text,
  array_to_json(ARRAY(SELECT ARRAY[account_class::int, checks] FROM accounts_classrule WHERE starts_on <= %s ORDER BY starts_on))::text,
  array_to_json(ARRAY(SELECT json_build_array(account_class, period, one_factor, cap_fen) FROM accounts_outflowlimit
    WHERE starts_on <= %s ORDER BY starts_on))::text,
  (SELECT encode(id_index, 'hex') FROM accounts_identityclaim WHERE customer_id = %s)]
"""


def outflow_facts(customer_id: uuid.UUID, at: datetime) -> OutflowFacts:
    """What `account_class` and `outflow_caps` tell, in one round trip."""
    facts: OutflowFacts
    (facts,) = ask(outflow_facts_of(customer_id, at))
    return facts


def outflow_facts_of(customer_id: uuid.UUID, at: datetime) -> Question[OutflowFacts]:
    """`outflow_facts` as a question, for a payment that asks other rooms too."""
    day = local_day(at)
    return Question(OUTFLOW_FACTS, (customer_id, day, day, customer_id), partial(read_outflow_facts, at))


def read_outflow_facts(at: datetime, found: list[str]) -> OutflowFacts:
    passed, rules, limits_found = (orjson.loads(part) for part in found[:3])
    person = outflow.person_of(bytes.fromhex(found[3])) if found[3] else None
    checks = [classes.Check(kind, source, at) for kind, source in passed]
    number = classes.class_of(checks, {account_class: classes.Rule(count, 0, "") for account_class, count in rules})
    caps = {(period, one): cap_fen for account_class, period, one, cap_fen in limits_found if account_class == number}
    return OutflowFacts(number, person, caps)


def person(customer_id: uuid.UUID) -> uuid.UUID | None:
    """The person whose payments are counted, under whichever account; None without a proven name."""
    index = IdentityClaim.objects.filter(customer_id=customer_id).values_list("id_index", flat=True).first()
    return outflow.person_of(bytes(index)) if index else None


def outflow_used(customer_id: uuid.UUID, at: datetime) -> dict[tuple[str, bool], int]:
    """(period, by one factor alone) to the fen the customer's person paid out, under whichever account, in the period that `at` is in."""
    counted = person(customer_id)
    pairs = outflow.counters(factors=1)
    if counted is None:
        return dict.fromkeys(pairs, 0)
    return {
        (period, one): limits.used(counter=outflow.counter(period, one), owner=counted, period=outflow.period_of(period, at))
        for period, one in pairs
    }


def check(customer_id: uuid.UUID, check_id: uuid.UUID) -> RealNameCheck:
    """A customer's own check. Raises NotFound."""
    found = RealNameCheck.objects.filter(pk=check_id, customer_id=customer_id).first()
    if found is None:
        raise NotFound()
    return found


def due_checks(shard: int, at: datetime, limit: int = 100) -> list[uuid.UUID]:
    """Checks of a shard that wait to be asked (again)."""
    open_states = ["created", "sent", "unavailable", "unknown"]
    rows = RealNameCheck.objects.filter(shard=shard, state__in=open_states, next_attempt_at__lte=at)
    return list(rows.order_by("next_attempt_at").values_list("pk", flat=True)[:limit])


def next_step(checks: list[classes.Check], rules: dict[int, classes.Rule]) -> dict[str, object] | None:
    """What the next class asks for; None at the highest."""
    number = classes.class_of(checks, rules) + 1
    if number not in rules:
        return None
    named = any(found.kind == classes.REAL_NAME for found in checks)
    missing = max(rules[number].checks - classes.independent(checks), 0 if named else 1)
    acts = [] if named else ["verify_real_name"]
    acts += ["bind_card_of_another_bank"] if missing > len(acts) else []
    facts = {"account_class": number, "checks_needed": rules[number].checks, "checks_missing": missing}
    return {**facts, "what_to_do": acts, "rule": rules[number].source}


def standing(customer_id: uuid.UUID, at: datetime) -> dict[str, object]:
    """What a customer sees of their own verification; name and number masked."""
    checks, rules, proven = evidence(customer_id), class_rules(at), real_name(customer_id)
    return {
        "account_class": classes.class_of(checks, rules),
        "name": masked_name(proven.name) if proven else "",
        "id_number": masked_id_number(proven.id_number) if proven else "",
        "evidence": checks,
        "latest_check": latest_check(customer_id),
        "next": next_step(checks, rules),
    }


def limits_view(customer_id: uuid.UUID, at: datetime) -> dict[str, object]:
    """The caps in force with what is used of each."""
    checks, rules = evidence(customer_id), class_rules(at)
    number = classes.class_of(checks, rules)
    caps, used = outflow_caps(number, at), outflow_used(customer_id, at)
    rows = [
        {
            "period": period,
            "one_factor": one,
            "cap": cap_fen,
            "used": used[period, one],
            "remaining": max(cap_fen - used[period, one], 0),
            "renews_at": outflow.renews_at(period, at),
        }
        for (period, one), cap_fen in sorted(caps.items())
    ]
    return {"account_class": number, "currency": "CNY", "limits": rows, "next": next_step(checks, rules)}


def personal_data(customer_id: uuid.UUID) -> dict[str, object]:
    """What verification holds on a customer, for the customer's own export; the identity number masked, as its owner knows it."""
    proven = real_name(customer_id)
    checks = RealNameCheck.objects.filter(customer_id=customer_id).order_by("created_at")
    return {
        "name": proven.name if proven else "",
        "id_number": masked_id_number(proven.id_number) if proven else "",
        "account_class": account_class(customer_id),
        "evidence": [{"kind": row.kind, "source": row.source, "passed_at": row.passed_at} for row in evidence(customer_id)],
        "checks": [{"id": row.public_id, "state": row.state, "code": row.code, "at": row.created_at} for row in checks],
    }
