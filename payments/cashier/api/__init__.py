"""The cashier's addresses: /v1/payments/cashier for payers, /v1/payments/merchant/orders for merchants."""
