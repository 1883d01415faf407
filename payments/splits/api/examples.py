"""Examples of splits' API, for the OpenAPI document."""

AT = "2026-11-22T10:05:00+08:00"
ORDER_ID = "ord_06a1m5x9q0e7z8r2k4w6t1y3v5"
RECEIVER_IN = {"kind": "merchant", "account": "mch_06a1m5x9q0e7z8r2k4w6t1y3v6", "name": "Hangzhou Cups Company Limited"}
RECEIVER = {
    "id": "rcv_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "kind": "merchant",
    "account": RECEIVER_IN["account"],
    "state": "active",
    "created_at": AT,
}
SPLIT_IN = {
    "order_id": ORDER_ID,
    "out_split_no": "S_0001",
    "receivers": [{"receiver_id": RECEIVER["id"], "amount": 2000}],
    "remark": "Two cups",
    "finish": False,
}
SPLIT = {
    "id": "spl_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "order_id": ORDER_ID,
    "out_split_no": "S_0001",
    "amount": 2000,
    "returned": 0,
    "currency": "CNY",
    "remark": "Two cups",
    "receivers": [{"receiver_id": RECEIVER["id"], "amount": 2000, "returned": 0}],
    "returns": [],
    "created_at": AT,
}
RETURN_IN = {"receiver_id": RECEIVER["id"], "amount": 500, "out_return_no": "B_0001"}
RETURN = {
    "id": "spr_06a1m5x9q0e7z8r2k4w6t1y3v5",
    "split_id": SPLIT["id"],
    "receiver_id": RECEIVER["id"],
    "out_return_no": "B_0001",
    "cause": "asked",
    "amount": 500,
    "currency": "CNY",
    "created_at": AT,
}
FINISHED = {"order_id": ORDER_ID, "state": "finished", "net": 9940, "split": 2000, "until": "2026-12-22"}
