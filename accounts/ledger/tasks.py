"""The ledger's jobs: fold, expire, seal, prove, make partitions."""

from celery import shared_task

from accounts.ledger import check, days, halt, seal, sweeps
from core.clock import queries as clock
from core.schedule import every


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


@shared_task(name="accounts.ledger.check")
def prove(**_: object) -> int:
    """Prove the books and halt every money command when something is found; returns how many findings."""
    found = check.run()
    if found:
        halt.halt(reason=f"{found[0].check}: {found[0].subject}: {found[0].detail}", at=clock.now())
    return len(found)


@shared_task(name="accounts.ledger.partitions")
def partitions(**_: object) -> int:
    return days.make_partitions(at=clock.now())


every("accounts.ledger.fold", task="accounts.ledger.fold", seconds=2)
every("accounts.ledger.expire_holds", task="accounts.ledger.expire_holds", seconds=10)
every("accounts.ledger.seal", task="accounts.ledger.seal", seconds=30)
every("accounts.ledger.check", task="accounts.ledger.check", crontab="40 3 * * *")
every("accounts.ledger.partitions", task="accounts.ledger.partitions", crontab="10 2 * * *")
