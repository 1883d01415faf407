"""The embedded services: PostgreSQL and a Redis-protocol server from pinned wheels, for a machine that has neither.

Nothing here imports Django: settings.py asks this package where the services are, the runner starts and stops them.
"""

from core.embedded.instance import APPLICATION, Instance, current_instance
from core.embedded.services import Services, ServicesNotStarted

__all__ = ["APPLICATION", "Instance", "Services", "ServicesNotStarted", "current_instance"]
