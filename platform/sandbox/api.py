"""The merchant's operations under /v1: read the body, look for faults, act in one transaction, answer."""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, request

from sandbox import agreements, billers, cards, money, orders, people, requests, sms
from sandbox.bank_context import Bank, Row, Tx
from sandbox.faults import Faults, Target
from sandbox.guard import after_effect, before_effect, json_answer
from sandbox.identifiers import is_card_number, is_id_number
from sandbox.orders import Instruction
from sandbox.wire import Fields, Refusal, invalid, is_number, parse_object

_MOBILE = r"1[0-9]{10}"
_ANY_MOBILE = r"(\+86)?1[0-9]{10}"
_TOKEN = r"[A-Za-z0-9]{1,64}"  # noqa: S105 - a pattern
_PATHS = {"payment": "payments", "refund": "refunds", "payout": "payouts"}

Act = Callable[[Tx, Faults], dict[str, Any]]


def blueprint(bank: Bank) -> Blueprint:
    """Every route under /v1."""
    routes = Blueprint("api", __name__, url_prefix="/v1")
    _verifier_and_sms(routes, bank)
    _signing_routes(routes, bank)
    _agreement_routes(routes, bank)
    _money(routes, bank)
    _bills(routes, bank)
    return routes


def _body() -> Fields:
    return Fields(parse_object(request.get_data()))


def enter(bank: Bank, target: Target) -> Faults:
    """Find the faults of this request and suffer those that come before the effect."""
    g.operation = target.operation
    g.faults = bank.faults.pick(target, request.headers.get("Sandbox-Fault", ""))
    before_effect(bank, g.faults)
    found: Faults = g.faults
    return found


def _effect(bank: Bank, target: Target, act: Act) -> Response:
    """Run an operation that has a business number: at most once, in one transaction."""
    faults = enter(bank, target)
    merchant, number = g.merchant, target.request_no
    mark = requests.fingerprint(parse_object(request.get_data()))
    with bank.store.write() as tx:
        earlier = requests.seen(tx, merchant, number, target.operation, mark)
        replayed = earlier is not None and earlier["fingerprint"] != requests.CLOSED_UNSEEN
        if earlier is not None and replayed:
            result = _result(tx, earlier)
        else:
            result = act(tx, faults)
            if result["code"] != "VERIFIER_UNAVAILABLE":
                requests.remember(tx, merchant, number, target.operation, mark, result)
    after_effect(bank, faults)
    answer = json_answer(result)
    if replayed:
        answer.headers["Bank-Replayed"] = "true"
    return answer


def _result(tx: Tx, seen: Row) -> dict[str, Any]:
    """The answer to an earlier request; orders in their present state."""
    if seen["response"]:
        kept: dict[str, Any] = json.loads(seen["response"])
        return kept
    return orders.view(orders.get(tx, seen["merchant"], seen["operation"], seen["request_no"]))


def _query(bank: Bank, target: Target, look: Callable[[Tx], dict[str, Any]]) -> Response:
    faults = enter(bank, target)
    with bank.store.read() as tx:
        result = look(tx)
    after_effect(bank, faults)
    return json_answer(result)


def _verifier_and_sms(routes: Blueprint, bank: Bank) -> None:
    @routes.post("/identity/verify")
    def verify() -> Response:
        fields = _body()
        number, name = fields.number(), fields.text("name", most=64)
        id_number, mobile = _id_number(fields), fields.text("mobile", pattern=_MOBILE, default="")
        fields.done()
        return _effect(
            bank, Target("verify", request_no=number),
            lambda tx, faults: people.verify(tx, number, name, id_number, mobile, bank.clock.now()),
        )  # fmt: skip

    @routes.post("/sms")
    def send_sms() -> Response:
        fields = _body()
        number, mobile, text = fields.number(), fields.text("mobile", pattern=_ANY_MOBILE), fields.text("text", most=500)
        fields.done()
        merchant = g.merchant
        return _effect(bank, Target("sms", request_no=number), lambda tx, faults: sms.send(bank, tx, merchant, number, mobile, text))

    @routes.get("/requests/<number>")
    def what_became_of(number: str) -> Response:
        merchant = g.merchant

        def look(tx: Tx) -> dict[str, Any]:
            seen = requests.find(tx, merchant, number)
            if seen is None:
                raise Refusal("NOT_FOUND", "request_no")
            return {"request_no": number, "operation": seen["operation"], "result": _result(tx, seen)}

        return _query(bank, Target("request_query", request_no=number), look)


def _id_number(fields: Fields) -> str:
    number = fields.text("id_number", most=18)
    if not is_id_number(number):
        raise invalid("id_number", "must be an 18-character identity number with a date that exists and a right check digit")
    return number


def _signing_routes(routes: Blueprint, bank: Bank) -> None:
    @routes.post("/cards/lookup")
    def lookup() -> Response:
        fields = _body()
        number = fields.text("card_number", most=32)
        fields.done()
        return _query(bank, Target("lookup", card_number=number), lambda tx: _looked_up(number))

    @routes.post("/agreements/sign-start")
    def sign_start() -> Response:
        fields = _body()
        number, name, id_number = fields.number(), fields.text("name", most=64), _id_number(fields)
        elements = agreements.Elements(name, id_number, fields.text("card_number", most=32), fields.text("mobile", pattern=_MOBILE))
        fields.done()
        merchant = g.merchant
        return _effect(
            bank, Target("sign_start", request_no=number, card_number=elements.card_number),
            lambda tx, faults: agreements.sign_start(bank, tx, merchant, number, elements, faults),
        )  # fmt: skip

    @routes.post("/agreements/sign-confirm")
    def sign_confirm() -> Response:
        fields = _body()
        number, sign_id, code = fields.number(), fields.text("sign_id", pattern=_TOKEN), fields.text("code", pattern="[0-9]{4,8}")
        fields.done()
        merchant = g.merchant
        return _effect(
            bank, Target("sign_confirm", request_no=number, card_number=_signing_card(bank, sign_id)),
            lambda tx, faults: agreements.sign_confirm(bank, tx, merchant, number, sign_id, code, faults),
        )  # fmt: skip

    @routes.post("/agreements/resend")
    def resend() -> Response:
        fields = _body()
        number, sign_id = fields.number(), fields.text("sign_id", pattern=_TOKEN)
        fields.done()
        merchant = g.merchant
        return _effect(
            bank, Target("resend", request_no=number, card_number=_signing_card(bank, sign_id)),
            lambda tx, faults: agreements.resend(bank, tx, merchant, number, sign_id, faults),
        )  # fmt: skip


def _agreement_routes(routes: Blueprint, bank: Bank) -> None:
    @routes.post("/agreements/unsign")
    def unsign() -> Response:
        fields = _body()
        number, agreement_no = fields.number(), fields.text("agreement_no", pattern=_TOKEN)
        fields.done()
        merchant = g.merchant
        return _effect(
            bank, Target("unsign", number, agreement_no, _agreement_card(bank, agreement_no)),
            lambda tx, faults: agreements.unsign(bank, tx, merchant, number, agreement_no, faults),
        )  # fmt: skip

    @routes.get("/agreements/<agreement_no>")
    def agreement(agreement_no: str) -> Response:
        merchant = g.merchant
        target = Target("agreement_query", agreement_no=agreement_no, card_number=_agreement_card(bank, agreement_no))
        return _query(bank, target, lambda tx: agreements.view(agreements.get(tx, merchant, agreement_no)))

    @routes.get("/signings/<sign_id>")
    def signing(sign_id: str) -> Response:
        merchant = g.merchant
        target = Target("agreement_query", card_number=_signing_card(bank, sign_id))
        return _query(bank, target, lambda tx: agreements.signing_view(tx, merchant, sign_id, bank.clock.now()))


def _looked_up(number: str) -> dict[str, Any]:
    valid = is_card_number(number)
    supported = valid and cards.supported(number)
    code = "" if supported else "CARD_UNSUPPORTED" if valid else "CARD_NUMBER_INVALID"
    return {"status": "SUCCESS", "valid": valid, **cards.face(number), "supported": supported, "code": code}


def _signing_card(bank: Bank, sign_id: str) -> str:
    with bank.store.read() as tx:
        return agreements.signing_card(tx, g.merchant, sign_id)


def _agreement_card(bank: Bank, agreement_no: str) -> str:
    found = bank.store.row("SELECT card_number FROM agreements WHERE agreement_no = ? AND merchant = ?", (agreement_no, g.merchant))
    return "" if found is None else str(found["card_number"])


def _money(routes: Blueprint, bank: Bank) -> None:
    @routes.post("/payments")
    def pay() -> Response:
        return _place(bank, "payment", "subject")

    @routes.post("/payouts")
    def pay_out() -> Response:
        return _place(bank, "payout", "remark")

    @routes.post("/refunds")
    def refund() -> Response:
        fields = _body()
        number, original_no, amount_fen = fields.number(), fields.number("payment_request_no"), fields.money()
        reason = fields.text("reason", default="")
        fields.done()
        with bank.store.read() as tx:
            payment = orders.find(tx, g.merchant, original_no)
        agreement_no, card_number = (payment["agreement_no"], payment["card_number"]) if payment else ("", "")
        what = Instruction("refund", g.merchant, number, agreement_no, card_number, amount_fen, reason, original_no)
        return _move(bank, what)

    for kind, noun in _PATHS.items():
        routes.add_url_rule(f"/{noun}/<number>", f"query_{kind}", _order_query(bank, kind))
    for kind in ("payment", "payout"):
        routes.add_url_rule(f"/{_PATHS[kind]}/<number>/close", f"close_{kind}", _order_close(bank, kind), methods=["POST"])


def _place(bank: Bank, kind: str, text_field: str) -> Response:
    fields = _body()
    number, agreement_no = fields.number(), fields.text("agreement_no", pattern=_TOKEN)
    amount_fen, text = fields.money(), fields.text(text_field, default="")
    fields.done()
    return _move(bank, Instruction(kind, g.merchant, number, agreement_no, _agreement_card(bank, agreement_no), amount_fen, text))


def _move(bank: Bank, what: Instruction) -> Response:
    target = Target(what.kind, what.request_no, what.agreement_no, what.card_number, what.amount_fen)
    return _effect(bank, target, lambda tx, faults: orders.view(money.accept(bank, tx, what, faults)))


def _order_target(bank: Bank, operation: str, number: str) -> Target:
    with bank.store.read() as tx:
        order = orders.find(tx, g.merchant, number)
    return Target(operation, number, order["agreement_no"], order["card_number"]) if order else Target(operation, number)


def _order_query(bank: Bank, kind: str) -> Callable[[str], Response]:
    def query(number: str) -> Response:
        merchant = g.merchant
        target = _order_target(bank, f"{kind}_query", number)
        return _query(bank, target, lambda tx: orders.view(orders.get(tx, merchant, kind, number)))

    return query


def _order_close(bank: Bank, kind: str) -> Callable[[str], Response]:
    def close(number: str) -> Response:
        if not is_number(number):
            raise invalid("request_no", "must be 1 to 64 characters of A-Z a-z 0-9 _ -")
        _body().done()
        faults = enter(bank, _order_target(bank, f"{kind}_close", number))
        with bank.store.write() as tx:
            result = orders.view(money.close(bank, tx, g.merchant, kind, number))
        after_effect(bank, faults)
        return json_answer(result)

    return close


def _bills(routes: Blueprint, bank: Bank) -> None:
    @routes.post("/bills/owed")
    def owed() -> Response:
        fields = _body()
        biller, account_no = fields.text("biller", pattern="|".join(billers.BILLERS)), fields.text("account_no", pattern=billers.ACCOUNT)
        fields.done()
        return _query(bank, Target("bill_query"), lambda tx: billers.owed(tx, biller, account_no, bank.clock.now()))

    @routes.post("/bills/pay")
    def pay_bill() -> Response:
        fields = _body()
        number, biller = fields.number(), fields.text("biller", pattern="|".join(billers.BILLERS))
        account_no, what = fields.text("account_no", pattern=billers.ACCOUNT), (fields.number("bill_no"), fields.money())
        fields.done()
        return _effect(
            bank, Target("bill_pay", request_no=number),
            lambda tx, faults: billers.pay(tx, number, biller, account_no, what, bank.clock.now()),
        )  # fmt: skip
