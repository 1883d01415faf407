"""Taking back the rows a migration loaded: past the guard that keeps them, which stands again afterwards."""

from datetime import date

import pytest
from django.db import ProgrammingError, connection, transaction

from core.business_day.models import TradingDay
from core.first_rows import take_back


@pytest.mark.django_db
def test_rows_nobody_deletes_are_taken_back_and_the_next_ones_are_kept_again() -> None:
    assert TradingDay.objects.exists()
    with connection.schema_editor() as schema:
        take_back(schema, TradingDay.objects.all())
    assert not TradingDay.objects.exists()
    TradingDay.objects.create(day=date(2026, 3, 2), is_open=True)
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        TradingDay.objects.all().delete()
    assert TradingDay.objects.count() == 1
