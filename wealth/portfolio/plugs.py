"""What portfolios plug into other rooms, and the wallet into portfolios."""

from accounts.privacy.sockets import EXPORTERS
from wealth.portfolio.beside import WALLET, Wallet
from wealth.portfolio.exporting import Months
from wealth.portfolio.sockets import BESIDE

BESIDE.plug(WALLET, Wallet())
EXPORTERS.plug("wealth_portfolio", Months())
