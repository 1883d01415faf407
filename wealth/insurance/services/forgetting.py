"""What insurance forgets of a customer whose account is closed: books, amounts and days stay."""

from uuid import UUID

from django.db import transaction

from wealth.insurance.models import ClaimFile, InsuranceApplication, InsuranceClaim, PolicyBeneficiaries, PolicyDocument


@transaction.atomic
def forget(*, customer_id: UUID) -> None:
    """Who was insured, who was to get the money, what happened, and every file."""
    named = {"born_on": None, "answers": None, "insured_name": None, "insured_id_number": None}
    InsuranceApplication.objects.filter(customer_id=customer_id).update(**named)
    PolicyBeneficiaries.objects.filter(customer_id=customer_id).update(people=None)
    PolicyDocument.objects.filter(customer_id=customer_id).update(content_base64=None)
    InsuranceClaim.objects.filter(customer_id=customer_id).update(words=None)
    ClaimFile.objects.filter(customer_id=customer_id).update(name=None, content_base64=None)
