"""What is known of an act, asked in one round trip with the reads of whoever asks, and counted by the same statement."""

import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

import orjson
from django.db import transaction

from accounts.identity import queries as identity
from core.clock import queries as clock
from core.ids import public_id
from core.questions import Question
from payments.risk.rules import NEEDS, Facts, Kind, Listed, Rule, Tally, Verdict, Window

HOUR_S = 3600


@dataclass(frozen=True)
class Act:
    """What somebody wants to do. `business` is the asking room's name in REVIEWED, and the scene of the rules; `business_id` the row
    that the act will be.

    `payee` is who or what is paid (a customer, card or merchant; None where nobody new can be), `card` the card number's keyed hash,
    `session_id` None for an act that no device takes part in.
    """

    business: str
    business_id: uuid.UUID
    customer_id: uuid.UUID
    session_id: uuid.UUID | None
    amount_fen: int
    payee: uuid.UUID | None = None
    card: bytes | None = None


@dataclass(frozen=True)
class Known:
    """The answer: the facts, the rules in force, and what the decision row and a review need."""

    facts: Facts
    rules: tuple[Rule, ...]
    device_id: str | None
    review_hours: int


FACTS = """
SELECT ARRAY[taken.rules, taken.tallies, json_build_object(
  'payee_since', taken.payee_since, 'payee_fen', taken.payee_fen,
  'review_hours', (SELECT review_hours FROM payments_riskterms WHERE starts_at <= %s ORDER BY starts_at DESC LIMIT 1),
  'registered_at', extract(epoch FROM who.registered_at), 'device_since', extract(epoch FROM who.device_since),
  'device', who.device_id, 'sharers', who.sharers,
  'listed', ARRAY(
    SELECT json_build_array(entry.id, entry.effect, entry.what,
      coalesce(entry.key IN (%s::bytea, who.phone_index, who.installation_index), false)) FROM payments_risklistentry entry
    WHERE entry.ended_at IS NULL AND (entry.until IS NULL OR entry.until > %s)
      AND entry.key IN (%s::bytea, who.phone_index, who.installation_index, %s::bytea, %s::bytea, who.payee_phone_index))
)::text]
FROM payments_risk_count(%s::uuid, %s::varchar, %s::bigint, %s::timestamptz, %s::uuid) AS taken, ({who}) AS who
"""


def facts_question(*, act: Act, at: datetime) -> Question[Known]:
    """What is known of `act`, counted from now on: ask it inside the act's transaction, once, and `decide` by the answer.

    Index of each fact: tallies `payments_risktally_once`, payee `payments_riskpayee_once`, lists `payments_risklist_once`, rules
    `payments_riskrule_dated`; who acts by primary keys, who shares the device `accounts_device_shared`.
    """
    assert transaction.get_connection().in_atomic_block, "an act is counted inside its own transaction"
    who, whom = identity.who_acts(act.customer_id, act.session_id, act.payee)
    own, payee = act.customer_id.bytes, act.payee.bytes if act.payee else None
    taken = (act.customer_id, act.business, act.amount_fen, at, act.payee)
    values = (at, own, at, own, payee, act.card, *taken, *whom)
    return Question(FACTS.format(who=who), values, partial(read, act, at))


SCREEN = """
SELECT ARRAY[json_build_object('registered_at', extract(epoch FROM who.registered_at), 'listed', ARRAY(
    SELECT json_build_array(entry.id, entry.effect, entry.what, true) FROM payments_risklistentry entry
    WHERE entry.ended_at IS NULL AND (entry.until IS NULL OR entry.until > %s) AND entry.key IN (%s::bytea, who.phone_index)
  ))::text]
FROM ({who}) AS who
"""


def screen_question(*, act: Act, at: datetime) -> Question[Known]:
    """Whether the lists name who is paid by an act that another did and that was judged then: nothing is counted, no rule looks at it."""
    who, whom = identity.who_acts(act.customer_id, act.session_id, None)
    return Question(SCREEN.format(who=who), (at, act.customer_id.bytes, *whom), partial(read_screened, act, at))


def read_screened(act: Act, at: datetime, texts: list[str]) -> Known:
    found = orjson.loads(texts[0])
    age, listed = hours(found["registered_at"], at), tuple(Listed(*entry) for entry in found["listed"])
    facts = Facts(act.business, act.amount_fen, clock.local(at).hour, {}, age, listed=listed)
    return Known(facts, (), device_id=None, review_hours=0)


def read(act: Act, at: datetime, texts: list[str]) -> Known:
    tallies, found = orjson.loads(texts[1]), orjson.loads(texts[2])
    facts = Facts(
        scene=act.business,
        amount_fen=act.amount_fen,
        hour=clock.local(at).hour,
        tallies={scene: tally(figures) for scene, figures in tallies.items()},
        account_age_h=hours(found["registered_at"], at),
        device_age_h=device_age(act, found["device_since"], at),
        sharers=found["sharers"],
        payee_age_h=None if act.payee is None else hours(found["payee_since"], at),
        payee_fen=found["payee_fen"] or 0,
        listed=tuple(Listed(*entry) for entry in found["listed"]),
    )
    device = public_id("dev", uuid.UUID(found["device"])) if found["device"] else None
    return Known(facts, rules(texts[0]), device, found["review_hours"])


def hours(since: float, at: datetime) -> float:
    return round((at - datetime.fromtimestamp(since, UTC)).total_seconds() / HOUR_S, 2)


def device_age(act: Act, since: float | None, at: datetime) -> float | None:
    """A session whose device is not the customer's is as new as can be."""
    if act.session_id is None:
        return None
    return 0.0 if since is None else hours(since, at)


def tally(figures: list[int]) -> Tally:
    return Tally(dict(zip(Window, figures[0:6:2], strict=True)), dict(zip(Window, figures[1:6:2], strict=True)), figures[6])


@lru_cache(maxsize=64)
def rules(text: str) -> tuple[Rule, ...]:
    """The rules of a scene: their text is the same from act to act, and reading it takes longer than judging by them."""
    return tuple(rule(row) for row in orjson.loads(text))


def rule(row: dict[str, Any]) -> Rule:
    kind = Kind(row["kind"])
    own = {name: row[name] for name in NEEDS[kind]}
    if "window" in own:
        own["window"] = Window(own["window"])
    verdict, scenes = Verdict(row["verdict"]), frozenset(row["scenes"])
    return Rule(row["id"], row["code"], kind, verdict, scenes, row["factors"] or 1, **own)


def inputs(known: Known, *, factors: int) -> dict[str, Any]:
    """The facts as a decision keeps them: figures, and ids of device and list entries; no number, name or hash."""
    kept = asdict(known.facts)
    kept["listed"] = [public_id("rle", uuid.UUID(entry.id)) for entry in known.facts.listed]
    kept["tallies"] = {
        scene: {"counts": dict(one.counts), "sums_fen": dict(one.sums_fen), "near": one.near} for scene, one in known.facts.tallies.items()
    }
    return kept | {"device": known.device_id, "factors": factors}
