"""Test people: the documented ones, and any number of made-up ones that a seed brings back exactly."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sandbox import cards, magic
from sandbox.bank_context import Row, Tx
from sandbox.banks import BANKS, Kind
from sandbox.clock import stamp
from sandbox.identifiers import id_check_digit, luhn_digit
from sandbox.names import GIVEN, SURNAMES
from sandbox.wire import Refusal, invalid

_FIRST_BIRTHDAY = date(1960, 1, 1)
_BIRTHDAYS = (date(2004, 12, 31) - _FIRST_BIRTHDAY).days
_TRIES = 50


@dataclass(frozen=True)
class Recipe:
    """What each made-up person gets."""

    count: int
    seed: str
    debit_cards: int
    credit_cards: int
    balance_fen: int


def find(tx: Tx, id_number: str) -> Row | None:
    """The person with this identity number."""
    row: Row | None = tx.execute("SELECT * FROM people WHERE id_number = ?", (id_number,)).fetchone()
    return row


def plant(tx: Tx, now: datetime) -> None:
    """The documented people and cards; those that are there stay as they are."""
    for person in magic.PEOPLE:
        add(tx, person.id_number, person.name, person.mobile, person.verify_result)
        cards.issue(tx, person.debit_card, person.id_number, "debit", magic.OWN_BALANCE_FEN, now)
        cards.issue(tx, person.credit_card, person.id_number, "credit", magic.OWN_BALANCE_FEN, now)
    for card in magic.CARDS:
        cards.issue(tx, card.number, "*", card.kind, magic.PLENTY_FEN, now)


def add(tx: Tx, id_number: str, name: str, mobile: str, verify_result: str = "match") -> None:
    """Add a person; the same person again changes nothing. Raises Refusal when the number is another person's."""
    tx.execute("INSERT INTO people VALUES (?, ?, ?, ?) ON CONFLICT (id_number) DO NOTHING", (id_number, name, mobile, verify_result))
    kept = find(tx, id_number)
    assert kept is not None
    if (kept["name"], kept["mobile"]) != (name, mobile):
        raise Refusal("PERSON_EXISTS", "id_number", f"{id_number} is there with another name or mobile")


def make(tx: Tx, recipe: Recipe, now: datetime) -> list[dict[str, Any]]:
    """Made-up people with cards. The same seed gives the same people; a longer list begins with the shorter one."""
    made = []
    for place in range(recipe.count):
        made.append(_make_one(tx, recipe, place, now))
    return made


def _make_one(tx: Tx, recipe: Recipe, place: int, now: datetime) -> dict[str, Any]:
    """The person at `place`; a number that an earlier person has already is drawn again."""
    dice = random.Random(f"{recipe.seed}/{place}")  # noqa: S311 - made-up people, to be made again alike
    for _ in range(_TRIES):
        name, id_number, mobile = _draw(dice)
        other = find(tx, id_number)
        if other is None or (other["name"], other["mobile"]) == (name, mobile):
            break
    else:
        raise invalid("seed", "gives no free identity numbers any more; take another seed")
    add(tx, id_number, name, mobile)
    wanted: tuple[tuple[Kind, int], ...] = (("debit", recipe.debit_cards), ("credit", recipe.credit_cards))
    for kind, count in wanted:
        for _ in range(count):
            cards.issue(tx, _draw_card(dice, kind), id_number, kind, recipe.balance_fen, now)
    return view(tx, id_number)


def _draw(dice: random.Random) -> tuple[str, str, str]:
    name = dice.choice(SURNAMES) + "".join(dice.choice(GIVEN) for _ in range(dice.choice((1, 2, 2, 2))))
    born = _FIRST_BIRTHDAY + timedelta(days=dice.randrange(_BIRTHDAYS))
    first17 = f"110000{born:%Y%m%d}{dice.randrange(100, 1000):03d}"
    return name, first17 + id_check_digit(first17), f"199{dice.randrange(10_000_000, 100_000_000):08d}"


def _draw_card(dice: random.Random, kind: Kind) -> str:
    bank = dice.choice([bank for bank in BANKS if bank.supported])
    digits = 12 if kind == "debit" else 9
    payload = f"{bank.bin(kind)}{dice.randrange(10 ** (digits - 1), 10**digits)}"
    return payload + luhn_digit(payload)


def view(tx: Tx, id_number: str) -> dict[str, Any]:
    """A person with their cards."""
    person = find(tx, id_number)
    assert person is not None
    owned = tx.execute("SELECT * FROM cards WHERE holder = ? ORDER BY kind DESC, number", (id_number,))
    return {
        "name": person["name"], "id_number": id_number, "mobile": person["mobile"], "verify_result": person["verify_result"],
        "cards": [
            {"card_number": card["number"], "kind": card["kind"], "bank_code": card["bank_code"], "last4": card["number"][-4:]}
            for card in owned
        ],
    }  # fmt: skip


def listed(tx: Tx, after: str, most: int) -> list[dict[str, Any]]:
    """People by identity number."""
    rows = tx.execute("SELECT id_number FROM people WHERE id_number > ? ORDER BY id_number LIMIT ?", (after, most)).fetchall()
    return [view(tx, row["id_number"]) for row in rows]


def verify(tx: Tx, request_no: str, name: str, id_number: str, mobile: str, now: datetime) -> dict[str, Any]:
    """The real-name check. `mobile` "" is not compared."""
    person = find(tx, id_number)
    result, code = "match", ""
    if person is None or person["verify_result"] == "not_found":
        result = "not_found"
    elif person["verify_result"] == "unavailable":
        result, code = "unavailable", "VERIFIER_UNAVAILABLE"
    elif person["verify_result"] == "mismatch" or person["name"] != name:
        result, code = "mismatch", "NAME_MISMATCH"
    elif mobile and person["mobile"] != mobile:
        result, code = "mismatch", "MOBILE_MISMATCH"
    status = "FAILED" if result == "unavailable" else "SUCCESS"
    return {"request_no": request_no, "status": status, "result": result, "code": code, "checked_at": stamp(now)}
