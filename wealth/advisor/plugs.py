"""What advice plugs into other rooms."""

from accounts.privacy.sockets import ERASERS, EXPORTERS, OBLIGATIONS
from core.limits import sockets as caps
from wealth.advisor.closing import Advised
from wealth.advisor.services import goals, investing, planning

OBLIGATIONS.plug("wealth.advisor", Advised())
EXPORTERS.plug("wealth_advice", Advised())
ERASERS.plug("wealth.advisor", Advised())
caps.plug(planning.A_DAY, goals.MOST, investing.MOST)
