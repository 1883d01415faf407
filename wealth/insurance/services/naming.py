"""Who gets the money of a policy."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import orjson
from django.db import transaction

from accounts.verification.id_numbers import read_id_number
from core.clock.queries import local_day
from core.errors import Invalid, NotFound
from core.ids import new_id
from payments.wallet.services import parties
from wealth.insurance import queries
from wealth.insurance.models import PolicyBeneficiaries
from wealth.insurance.refusals import PolicyOver, SharesNotWhole
from wealth.insurance.services.telling import locked_policy, publish
from wealth.insurance.states import RUNNING

WHOLE_BP = 10_000
MOST = 10
NAME_LENGTH = 60


@dataclass(frozen=True)
class Person:
    name: str
    id_number: str
    share_bp: int


@transaction.atomic
def name_beneficiaries(*, customer_id: UUID, policy_id: UUID, people: Sequence[Person], at: datetime) -> PolicyBeneficiaries:
    """Name all of them anew; those before are kept as history. Raises CustomerNotActive, NotFound, PolicyOver, SharesNotWhole, Invalid."""
    parties.require_active(customer_id)
    policy = locked_policy(policy_id)
    if policy.customer_id != customer_id:
        raise NotFound()
    if policy.state not in RUNNING:
        raise PolicyOver(state=policy.state)
    cleaned = [checked(person, at) for person in people]
    if not 1 <= len(cleaned) <= MOST or len({person.id_number for person in cleaned}) != len(cleaned):
        raise Invalid("people", "Name one to ten people, each once.", "请填写 1 至 10 位受益人,每人仅一次。")
    total = sum(person.share_bp for person in cleaned)
    if total != WHOLE_BP:
        raise SharesNotWhole(field="people", sum_bp=total)
    before = queries.beneficiaries(policy_id)
    row = PolicyBeneficiaries(
        id=new_id(),
        policy=policy,
        customer_id=customer_id,
        shard=policy.shard,
        number=1 if before is None else before.number + 1,
        shares_bp=total,
        people=orjson.dumps([asdict(person) for person in cleaned]).decode(),
        created_at=at,
    )
    row.save(force_insert=True)
    publish("wealth.policy_beneficiaries_named", policy, at, number=row.number)
    return row


def checked(person: Person, at: datetime) -> Person:
    """Raises Invalid."""
    if not 0 < len(person.name.strip()) <= NAME_LENGTH:
        raise Invalid("people.name", "Give the full name.", "请填写姓名。")
    if person.share_bp < 1:
        raise Invalid("people.share_bp", "A share is at least one basis point.", "份额至少为 1 个基点。")
    return Person(person.name.strip(), read_id_number(person.id_number, today=local_day(at)).text, person.share_bp)


def people_of(row: PolicyBeneficiaries | None) -> list[Person]:
    return [] if row is None or row.people is None else [Person(**one) for one in orjson.loads(row.people)]
