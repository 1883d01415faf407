"""Real-name checks, what proves an identity, and the limits that follow from it."""

from django.db import models
from django.db.models import Q

from core.crypto.fields import EncryptedTextField
from core.dated import InForceStays
from core.ids import new_id, public_id
from core.moves import Moves, StateGuard

DIGEST_BYTES = 32


class CheckState(models.TextChoices):
    CREATED = "created"
    SENT = "sent"
    MATCHED = "matched"
    MISMATCHED = "mismatched"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"
    ABANDONED = "abandoned"


CHECK_MOVES = Moves(
    CheckState,
    {
        CheckState.CREATED: {CheckState.SENT, CheckState.ABANDONED},
        CheckState.SENT: {CheckState.MATCHED, CheckState.MISMATCHED, CheckState.UNAVAILABLE, CheckState.UNKNOWN},
        CheckState.UNAVAILABLE: {CheckState.SENT, CheckState.ABANDONED},
        CheckState.UNKNOWN: {CheckState.SENT, CheckState.ABANDONED},
    },
)


class RealNameCheck(models.Model):
    """One question to the verifier: do this name and this identity number belong together? Written before it is asked."""

    PREFIX = "rnc"

    State = CheckState

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    shard = models.SmallIntegerField()
    name = EncryptedTextField(owner="customer_id")
    id_number = EncryptedTextField(owner="customer_id")
    id_index = models.BinaryField(max_length=DIGEST_BYTES)
    state = models.CharField(max_length=12, choices=State.choices, default=State.CREATED)
    code = models.CharField(max_length=40, default="", blank=True)
    verifier = models.CharField(max_length=40, default="", blank=True)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_rnc_state",
                condition=Q(state__in=["created", "sent", "matched", "mismatched", "unavailable", "unknown", "abandoned"]),
            ),
            models.CheckConstraint(name="accounts_rnc_shard", condition=Q(shard__gte=0, shard__lt=64)),
            models.UniqueConstraint(
                name="accounts_rnc_one_open", fields=["customer"], condition=Q(state__in=["created", "sent", "unavailable", "unknown"])
            ),
        ]
        indexes = [
            models.Index(
                name="accounts_rnc_due",
                fields=["shard", "next_attempt_at"],
                condition=Q(state__in=["created", "sent", "unavailable", "unknown"]),
            ),
            models.Index(name="accounts_rnc_customer", fields=["customer", "-created_at"]),
        ]
        triggers = [StateGuard("accounts_rnc_moves", CHECK_MOVES, born=["created"])]

    @property
    def public_id(self) -> str:
        return public_id(self.PREFIX, self.id)


class RealName(models.Model):
    """A customer's proven name and identity number; erased when the account closes. The IdentityClaim keeps it to one account."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.OneToOneField("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    name = EncryptedTextField(owner="customer_id")
    id_number = EncryptedTextField(owner="customer_id")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)


class IdentityClaim(models.Model):
    """Which customer an identity number is proven for: one person, one verified account. Gone when the account closes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    id_index = models.BinaryField(max_length=DIGEST_BYTES, unique=True)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()


class Evidence(models.Model):
    """One independent external check that a customer passed, by whom; the account class is counted from these rows."""

    class Kind(models.TextChoices):
        REAL_NAME = "real_name"
        CARD = "card"
        FACE = "face"
        DOCUMENT = "document"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    source = models.CharField(max_length=60)
    reference = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="accounts_evidence_one", fields=["customer", "kind", "reference"], condition=Q(withdrawn_at=None)),
            models.CheckConstraint(name="accounts_evidence_kind", condition=Q(kind__in=["real_name", "card", "face", "document"])),
        ]
        indexes = [models.Index(name="accounts_evidence_valid", fields=["customer"], condition=Q(withdrawn_at=None))]


class ClassRule(models.Model):
    """From a day on: how many independent checks a class needs, its least age, and the source of the rule."""

    account_class = models.SmallIntegerField()
    starts_on = models.DateField()
    checks = models.SmallIntegerField()
    least_age = models.SmallIntegerField()
    source = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="accounts_classrule_day", fields=["account_class", "starts_on"]),
            models.CheckConstraint(
                name="accounts_classrule_range",
                condition=Q(account_class__gte=1, account_class__lte=3, checks__gte=1, least_age__gte=0),
            ),
        ]
        triggers = [InForceStays("accounts_classrule_stays", starts="starts_on")]

    def __str__(self) -> str:
        return f"class {self.account_class} from {self.starts_on}"


class OutflowLimit(models.Model):
    """From a day on: the most a class may pay out of its balance in a period (fen); `one_factor` caps what one factor proves alone."""

    class Period(models.TextChoices):
        LIFE = "life"
        YEAR = "year"
        DAY = "day"

    account_class = models.SmallIntegerField()
    period = models.CharField(max_length=4, choices=Period.choices)
    one_factor = models.BooleanField(default=False)
    starts_on = models.DateField()
    cap_fen = models.BigIntegerField()
    source = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="accounts_outflowlimit_day", fields=["account_class", "period", "one_factor", "starts_on"]),
            models.CheckConstraint(
                name="accounts_outflowlimit_range",
                condition=Q(account_class__gte=1, account_class__lte=3, cap_fen__gte=0, period__in=["life", "year", "day"])
                & (Q(one_factor=False) | Q(period="day")),
            ),
        ]
        triggers = [InForceStays("accounts_outflowlimit_stays", starts="starts_on")]

    def __str__(self) -> str:
        return f"class {self.account_class} {self.period} from {self.starts_on}"
