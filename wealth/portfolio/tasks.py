"""Keeping beside the end of day: days that are known differently since."""

from celery import shared_task

from core.clock import queries as clock
from core.schedule import every
from wealth.portfolio.services import keeping

EVERY_S = 60


@shared_task(name="wealth.portfolio.keep_anew")
def keep_anew(**_: object) -> int:
    return keeping.catch_up_all(at=clock.now())


every("wealth.portfolio.keep_anew", task="wealth.portfolio.keep_anew", seconds=EVERY_S)
