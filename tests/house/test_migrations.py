"""No migration of ours breaks the version that runs while it is applied: django-migration-linter reads the SQL of each."""

import pytest
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter

# Stop the platform to apply these. Name each here with what the running version cannot do beside it.
WITH_A_STOP = {"0056_dispute_journals": "columns without a default: the version before it writes rows that lack them"}

WHY = "unique keys of rows that only the new version writes: none that is there can clash"
NEW_IDS = "every one of these ids was made for its row: none that is there can clash"
KEYS_OF_NEW_ROWS = {"0074_payees": WHY, "0043_fund_shares_pay": WHY, "0151_claims_of_lapsed_policies": NEW_IDS}


@pytest.mark.django_db
def test_no_migration_drops_renames_or_requires_what_the_running_version_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    quiet = ["ok", "ignore", "warning"]
    linter = MigrationLinter(include_apps=settings.FLOORS, ignore_name=[*WITH_A_STOP, *KEYS_OF_NEW_ROWS], no_cache=True, quiet=quiet)
    linter.lint_all_migrations()
    assert linter.nb_total > 0
    assert linter.nb_erroneous == 0, (
        f"give new columns a db_default and take old ones out later, or name it in WITH_A_STOP:\n{capsys.readouterr().out}"
    )


def test_migrations_that_need_a_stop_are_still_there() -> None:
    names = {name for _, name in MigrationLoader(None).disk_migrations}
    assert {*WITH_A_STOP, *KEYS_OF_NEW_ROWS} - names == set()
