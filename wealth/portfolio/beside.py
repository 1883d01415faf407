"""The wallet beside products."""

from datetime import datetime
from uuid import UUID

from accounts.ledger.owned_days import day_sql
from core.money import CNY
from payments.wallet import queries as wallet
from wealth.catalog.sockets import Told
from wealth.portfolio.sockets import Amount

WALLET = "wallet"
ROLE = "user:balance"


class Wallet:
    sign = 1
    deposit = True
    label = Told("Wallet", "钱包余额")

    def amount(self, *, customer_id: UUID, at: datetime) -> Amount | None:
        found = wallet.balance(customer_id)
        return Amount(found.posted, max(found.available, 0))

    def day_sql(self) -> str:
        return day_sql(role=ROLE, asset=CNY.code)
