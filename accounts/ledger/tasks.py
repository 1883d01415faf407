"""The ledger's jobs: fold, expire, seal, prove, make partitions."""

from celery import shared_task

from accounts.ledger import days, proving, seal, sweeps
from core.clock import queries as clock
from core.schedule import every

PROOF_SECONDS = 4 * 3600


@shared_task(name="accounts.ledger.fold")
def fold(**_: object) -> int:
    """Take pending legs of buffered accounts into their balances."""
    return days.fold()


@shared_task(name="accounts.ledger.expire_holds")
def expire_holds(**_: object) -> int:
    return sweeps.expire_all(at=clock.now())


@shared_task(name="accounts.ledger.seal")
def seal_journals(**_: object) -> int:
    return seal.seal_all(at=clock.now())


@shared_task(name="accounts.ledger.check", time_limit=PROOF_SECONDS, acks_late=False)
def prove(**_: object) -> int:
    """Prove the books and halt every money command when something is found; returns how many findings.

    Acknowledged when taken: it outlives the broker's visibility timeout and would be given to a second worker. A run
    that is lost shows as the age of the last proof.
    """
    return len(proving.prove(at=clock.now()))


@shared_task(name="accounts.ledger.partitions")
def partitions(**_: object) -> int:
    return days.make_partitions(at=clock.now())


every("accounts.ledger.fold", task="accounts.ledger.fold", seconds=2)
every("accounts.ledger.expire_holds", task="accounts.ledger.expire_holds", seconds=10)
every("accounts.ledger.seal", task="accounts.ledger.seal", seconds=30)
every("accounts.ledger.check", task="accounts.ledger.check", crontab="40 3 * * *")
every("accounts.ledger.partitions", task="accounts.ledger.partitions", crontab="10 2 * * *")
