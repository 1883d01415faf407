"""What credit lines plug into other rooms."""

from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS
from credit.lines.closing import Lines

OBLIGATIONS.plug("credit.lines", Lines())
EXPORTERS.plug("credit_lines", Lines())
