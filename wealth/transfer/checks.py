"""What `ledger_check` proves of transfers: nothing stays between buyer and seller, trades name their journals and are named by them, and an
open offer is of a part that its lot has locked for it."""

from collections.abc import Sequence
from datetime import date

from accounts.ledger import queries as ledger
from accounts.ledger.booked import SHOWN, Booked, Named
from accounts.ledger.sockets import CHECKS, Finding
from core.ids import public_id
from wealth.catalog.queries import Product
from wealth.fixed_term import queries as fixed_terms
from wealth.transfer import journals
from wealth.transfer.models import TransferOffer, TransferTrade
from wealth.transfer.states import OPEN


class Transfers:
    name = "transfers"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        found = []
        for product_id in TransferTrade.objects.order_by().values_list("product_id", flat=True).distinct():
            left = ledger.balance(journals.clearing(product_id)).posted
            if left:
                found.append(Finding("transfer.clearing", public_id(Product.PREFIX, product_id), f"{left} fen between buyers and sellers"))
        offered = dict(TransferOffer.objects.filter(state__in=OPEN).values_list("id", "part_fen"))
        locked = fixed_terms.set_aside_for(offered)
        found += [
            Finding("transfer.locked", public_id(TransferOffer.PREFIX, one), f"offers {fen} fen; {locked.get(one, 0)} are locked for it")
            for one, fen in offered.items()
            if locked.get(one, 0) != fen
        ]
        return found[:SHOWN]


CHECKS.plug("wealth.transfer", Transfers())
CHECKS.plug("wealth.transfer_booked", Booked("transfer", Named(TransferTrade, TransferTrade.PREFIX, "journal_id", (journals.TRANSFERRED,))))
