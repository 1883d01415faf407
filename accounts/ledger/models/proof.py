"""Totals per day, closed periods, seals and the halt: what the ledger proves itself with."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.dated import InForceStays
from core.ids import new_id


class RolledDay(models.Model):
    """A business day whose entries are summed into Movement and GLTotal, account range by account range.

    `unbroken`: so is every business day before it, in this range; by it the first day still counted live is found.
    """

    pk = models.CompositePrimaryKey("day", "shard")
    day = models.DateField()
    shard = models.SmallIntegerField()
    rolled_at = models.DateTimeField()
    unbroken = models.BooleanField(default=False)

    class Meta:
        db_table = "ledger_rolledday"
        indexes = [models.Index(name="ledger_rolledday_unbroken", fields=["shard", "day"], condition=Q(unbroken=True))]

    def __str__(self) -> str:
        return f"{self.day} {self.shard}"


class Movement(models.Model):
    """Debits and credits of one account with one effective date, in minor units, both counted positive."""

    pk = models.CompositePrimaryKey("account_id", "effective_on")
    account_id = models.UUIDField()
    effective_on = models.DateField()
    debit = models.BigIntegerField(default=0)
    credit = models.BigIntegerField(default=0)

    class Meta:
        db_table = "ledger_movement"
        constraints = [models.CheckConstraint(name="ledger_movement_sides", condition=Q(debit__gte=0, credit__gte=0))]

    def __str__(self) -> str:
        return f"{self.account_id} {self.effective_on}"


class GLTotal(models.Model):
    """Debits and credits of one GL code, role and asset on one business day."""

    pk = models.CompositePrimaryKey("day", "shard", "gl_code", "role", "asset")
    day = models.DateField()
    shard = models.SmallIntegerField()
    gl_code = models.CharField(max_length=16)
    role = models.CharField(max_length=64)
    asset = models.CharField(max_length=16)
    debit = models.BigIntegerField(default=0)
    credit = models.BigIntegerField(default=0)

    class Meta:
        db_table = "ledger_gltotal"
        constraints = [models.CheckConstraint(name="ledger_gltotal_sides", condition=Q(debit__gte=0, credit__gte=0))]

    def __str__(self) -> str:
        return f"{self.day} {self.gl_code} {self.asset}"


class PeriodClose(models.Model):
    """The books are closed through a day: no journal may take an effective date on or before it any more."""

    through_on = models.DateField(primary_key=True)
    closed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=160, default="", blank=True)
    actor = models.CharField(max_length=160)

    class Meta:
        db_table = "ledger_periodclose"

    def __str__(self) -> str:
        return self.through_on.isoformat()


class BackDating(models.Model):
    """From a business day on: how many days back a journal may still be dated; the end of day closes the books before that."""

    starts_on = models.DateField(unique=True)
    days = models.SmallIntegerField()
    note = models.CharField(max_length=200)

    class Meta:
        db_table = "ledger_backdating"
        constraints = [models.CheckConstraint(name="ledger_backdating_days", condition=Q(days__gte=1, days__lte=400))]
        triggers = [InForceStays("ledger_backdating_stays", starts="starts_on")]

    def __str__(self) -> str:
        return f"{self.days} days from {self.starts_on}"


class SealBlock(models.Model):
    """A run of journals sealed together: the hash of each row, chained to the block before.

    Covers every journal written by transactions from `from_transaction` up to, not including, `to_transaction`.
    """

    number = models.BigIntegerField(primary_key=True)
    from_transaction = models.BigIntegerField()
    to_transaction = models.BigIntegerField()
    journal_ids = ArrayField(models.UUIDField())
    row_hashes = ArrayField(models.BinaryField())
    previous_hash = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_sealblock"
        constraints = [
            models.UniqueConstraint(name="ledger_sealblock_from", fields=["from_transaction"]),
            models.CheckConstraint(name="ledger_sealblock_forward", condition=Q(to_transaction__gt=models.F("from_transaction"))),
        ]

    def __str__(self) -> str:
        return str(self.number)


class SealManifest(models.Model):
    """What a closed business day amounted to, with the chain's hash then: exported, so that it can be kept elsewhere."""

    day = models.DateField(primary_key=True)
    journals = models.BigIntegerField()
    legs = models.BigIntegerField()
    debits = models.JSONField()
    last_block = models.BigIntegerField()
    root_hash = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_sealmanifest"

    def __str__(self) -> str:
        return self.day.isoformat()


class LedgerHalt(models.Model):
    """A stop of all money commands: set by a check that found something, lifted by one person on the proposal of another.

    `reason` is why it began. `findings` are the first lines of what the latest proof found, `found` how many there were and
    `findings_hash` the SHA-256 of them all: an approval to lift names it, so what was found since makes the approval outdated.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reason = models.TextField()
    findings = models.JSONField(default=list, blank=True)
    found = models.IntegerField(default=1)
    findings_hash = models.CharField(max_length=64, default="", blank=True)
    halted_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_proposed_by = models.CharField(max_length=160, default="", blank=True)
    lifted_by = models.CharField(max_length=160, default="", blank=True)

    class Meta:
        db_table = "ledger_halt"
        constraints = [
            models.UniqueConstraint(name="ledger_halt_one", fields=["lifted_by"], condition=Q(lifted_at=None)),
            models.CheckConstraint(
                name="ledger_halt_lifted",
                condition=Q(lifted_at=None, lifted_by="", lift_proposed_by="")
                | (Q(lifted_at__isnull=False) & ~Q(lifted_by="") & ~Q(lift_proposed_by="") & ~Q(lifted_by=models.F("lift_proposed_by"))),
            ),
        ]

    def __str__(self) -> str:
        return self.reason[:60]


class ProofRun(models.Model):
    """One run of the proof that halts on a finding, by the schedule or by hand. Without `finished_at` it is under way, or was cut short.

    `full`: it read all history; another one builds on `through_on` of the run before. A run that found nothing proved every
    business day through `through_on`, at whose end the seals' last hash was `root_hash`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    findings = models.IntegerField(null=True, blank=True)
    full = models.BooleanField(default=True)
    through_on = models.DateField(null=True, blank=True)
    root_hash = models.BinaryField(null=True, blank=True)

    class Meta:
        db_table = "ledger_proof"
        constraints = [
            models.CheckConstraint(
                name="ledger_proof_through",
                condition=Q(through_on=None, root_hash=None) | Q(through_on__isnull=False, root_hash__isnull=False, findings=0),
            ),
            models.CheckConstraint(
                name="ledger_proof_finished",
                condition=Q(finished_at=None, findings=None)
                | Q(finished_at__isnull=False, findings__isnull=False, finished_at__gte=models.F("started_at"), findings__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.started_at.isoformat()
