"""Examples of the merchants' sandbox, for the OpenAPI document."""

from payments.cashier.api.examples import MERCHANT_ORDER, PAID_ORDER

PAY = {"order_id": MERCHANT_ORDER["id"], "as": "paid"}
DECLINED = {"order_id": MERCHANT_ORDER["id"], "as": "refused:INSUFFICIENT_FUNDS"}
PAID = {"result": "paid", "code": "", "message": "", "order": PAID_ORDER}
PENDING = {"result": "pending", "code": "", "message": "", "order": MERCHANT_ORDER | {"state": "paying"}}
REFUSED = {
    "result": "refused",
    "code": "INSUFFICIENT_FUNDS",
    "message": "There is not enough money on the card. Use another one.",
    "order": MERCHANT_ORDER,
}
