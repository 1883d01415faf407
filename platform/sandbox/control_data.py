"""The control plane for test data: people, cards, agreements, orders."""

from typing import Any

from flask import Blueprint, Response, request

from sandbox import agreements, cards, money, orders, people
from sandbox.bank_context import Bank, Row, Tx
from sandbox.banks import BY_CODE, Kind
from sandbox.codes import CODES
from sandbox.control import fields_of_body, fields_of_query, only_merchant
from sandbox.guard import json_answer
from sandbox.identifiers import is_card_number, is_id_number, luhn_digit
from sandbox.wire import MAX_FEN, Fields, Refusal, invalid

_MOVEMENTS_SHOWN = 50


def blueprint(bank: Bank) -> Blueprint:
    """Every route about test data."""
    routes = Blueprint("control_data", __name__, url_prefix="/control")
    _people(routes, bank)
    _cards(routes, bank)
    _agreements(routes, bank)
    _orders(routes, bank)
    return routes


def _people(routes: Blueprint, bank: Bank) -> None:
    @routes.post("/people")
    def create_people() -> Response:
        fields = fields_of_body()
        given = fields.items("people")
        if given is not None:
            fields.done()
            with bank.store.write() as tx:
                return json_answer({"people": [_add_given(tx, item) for item in given]}, 201)
        recipe = people.Recipe(
            count=fields.whole("count", least=1, most=5000),
            seed=fields.text("seed", default="sandbox"),
            debit_cards=fields.whole("debit_cards", least=0, most=5, default=1),
            credit_cards=fields.whole("credit_cards", least=0, most=5, default=0),
            balance_fen=fields.whole("balance_fen", least=0, most=MAX_FEN, default=10_000_00),
        )
        fields.done()
        with bank.store.write() as tx:
            return json_answer({"people": people.make(tx, recipe, bank.clock.now())}, 201)

    @routes.get("/people")
    def list_people() -> Response:
        fields = fields_of_query()
        after, most = fields.text("after", default=""), fields.whole("limit", least=1, most=5000, default=100)
        fields.done()
        with bank.store.read() as tx:
            return json_answer({"people": people.listed(tx, after, most)})


def _add_given(tx: Tx, item: object) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise invalid("people", "must be a list of objects")
    fields = Fields(item)
    name, id_number, mobile = fields.text("name", most=64), fields.text("id_number"), fields.text("mobile", pattern=r"1[0-9]{10}")
    fields.done()
    if not is_id_number(id_number):
        raise invalid("id_number", "must be an 18-character identity number with a right check digit")
    people.add(tx, id_number, name, mobile)
    return people.view(tx, id_number)


def _cards(routes: Blueprint, bank: Bank) -> None:
    @routes.post("/cards")
    def create_card() -> Response:
        fields = fields_of_body()
        holder = fields.text("id_number")
        kind: Kind = "credit" if fields.text("kind", pattern="debit|credit", default="debit") == "credit" else "debit"
        bank_code = fields.text("bank_code", pattern="|".join(BY_CODE), default="ICBC")
        number = fields.text("card_number", default="")
        balance_fen, single_fen, day_fen = (
            fields.whole(name, least=0, most=MAX_FEN, default=0) for name in ("balance_fen", "single_limit_fen", "day_limit_fen")
        )
        fields.done()
        with bank.store.write() as tx:
            if people.find(tx, holder) is None:
                raise Refusal("NOT_FOUND", "id_number", "there is no such person")
            number = number or _free_number(tx, bank_code, kind)
            _check_number(tx, number, bank_code, kind)
            cards.issue(tx, number, holder, kind, balance_fen, bank.clock.now(), single_fen=single_fen, day_fen=day_fen)
            return json_answer(_card(tx, number), 201)

    @routes.get("/cards/<number>")
    def show_card(number: str) -> Response:
        with bank.store.read() as tx:
            return json_answer(_card(tx, number))

    @routes.patch("/cards/<number>")
    def change_card(number: str) -> Response:
        fields = fields_of_body()
        with bank.store.write() as tx:
            _change(bank, tx, cards.get(tx, number), fields)
            return json_answer(_card(tx, number))


def _free_number(tx: Tx, bank_code: str, kind: Kind) -> str:
    """The next number of this bank above 2 000 000: below are the documented ones, the seeded ones are far above."""
    row = tx.execute("SELECT count(*) AS used FROM cards WHERE bank_code = ? AND kind = ?", (bank_code, kind)).fetchone()
    serial = 2_000_000 + row["used"]
    while True:
        payload = f"{BY_CODE[bank_code].bin(kind)}{serial:0{12 if kind == 'debit' else 9}d}"
        number = payload + luhn_digit(payload)
        if cards.find(tx, number) is None:
            return number
        serial += 1


def _check_number(tx: Tx, number: str, bank_code: str, kind: Kind) -> None:
    length = 19 if kind == "debit" else 16
    if not is_card_number(number) or len(number) != length or not number.startswith(BY_CODE[bank_code].bin(kind)):
        raise invalid("card_number", f"must be {length} digits beginning with {BY_CODE[bank_code].bin(kind)} with a right check digit")
    if cards.find(tx, number) is not None:
        raise Refusal("CARD_EXISTS", "card_number", "there is a card with this number")


def _change(bank: Bank, tx: Tx, card: Row, fields: Fields) -> None:
    status = fields.text("status", pattern="active|frozen|expired|closed", default=card["status"])
    balance_fen, single_fen, day_fen = (
        fields.whole(name, least=0, most=MAX_FEN * 100, default=card[name]) for name in ("balance_fen", "single_limit_fen", "day_limit_fen")
    )
    fields.done()
    if balance_fen != card["balance_fen"]:
        cards.move(tx, card["number"], balance_fen - card["balance_fen"], "adjustment", bank.clock.now())
    tx.execute(
        "UPDATE cards SET status = ?, single_limit_fen = ?, day_limit_fen = ? WHERE number = ?",
        (status, single_fen, day_fen, card["number"]),
    )


def _card(tx: Tx, number: str) -> dict[str, Any]:
    card = cards.get(tx, number)
    holder = people.find(tx, card["holder"])
    moved = tx.execute("SELECT * FROM card_movements WHERE card_number = ? ORDER BY id DESC LIMIT ?", (number, _MOVEMENTS_SHOWN))
    return {
        "card_number": number, "kind": card["kind"], "bank_code": card["bank_code"], "last4": number[-4:],
        "holder_id_number": card["holder"], "mobile": holder["mobile"] if holder else "", "status": card["status"],
        "expires_on": card["expires_on"], "balance_fen": card["balance_fen"], "single_limit_fen": card["single_limit_fen"],
        "day_limit_fen": card["day_limit_fen"],
        "movements": [{name: row[name] for name in ("at", "amount_fen", "balance_fen", "request_no", "kind")} for row in moved],
    }  # fmt: skip


def _agreements(routes: Blueprint, bank: Bank) -> None:
    @routes.get("/agreements/<agreement_no>")
    def show_agreement(agreement_no: str) -> Response:
        return json_answer(agreements.view(_agreement(bank, agreement_no)))

    @routes.post("/agreements/<agreement_no>/cancel")
    def cancel(agreement_no: str) -> Response:
        fields_of_body().done()
        return json_answer(agreements.cancel_by_bank(bank, _agreement(bank, agreement_no)))


def _agreement(bank: Bank, agreement_no: str) -> Row:
    with bank.store.read() as tx:
        row: Row | None = tx.execute("SELECT * FROM agreements WHERE agreement_no = ?", (agreement_no,)).fetchone()
    if row is None:
        raise Refusal("NOT_FOUND", "agreement_no", "there is no such agreement")
    return row


def _orders(routes: Blueprint, bank: Bank) -> None:
    @routes.get("/orders/<number>")
    def show_order(number: str) -> Response:
        with bank.store.read() as tx:
            return json_answer(orders.view(_order(tx, number)))

    @routes.post("/orders/<number>/resolve")
    def resolve(number: str) -> Response:
        fields = fields_of_body()
        status, code = fields.text("status", pattern="SUCCESS|FAILED"), _business_code(fields, "RISK_REFUSED")
        fields.done()
        with bank.store.write() as tx:
            return json_answer(orders.view(money.resolve(bank, tx, _order(tx, number), status, code)))

    @routes.post("/orders/<number>/return")
    def give_back(number: str) -> Response:
        fields = fields_of_body()
        code = _business_code(fields, "PAYEE_ACCOUNT_CLOSED")
        fields.done()
        with bank.store.write() as tx:
            return json_answer(orders.view(money.give_back(bank, tx, _order(tx, number), code)))


def _order(tx: Tx, number: str) -> Row:
    row = orders.find(tx, only_merchant(tx, request.args.get("merchant", "")), number)
    if row is None:
        raise Refusal("NOT_FOUND", "request_no", "there is no such order")
    return row


def _business_code(fields: Fields, default: str) -> str:
    code = fields.text("code", default=default)
    if code not in CODES or CODES[code].http != 200:
        raise invalid("code", "must be a business refusal of the published codes")
    return code
