"""No migration of ours breaks the version that runs while it is applied: django-migration-linter reads the SQL of each."""

import pytest
from django.conf import settings
from django_migration_linter import MigrationLinter


@pytest.mark.django_db
def test_no_migration_drops_renames_or_requires_what_the_running_version_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    linter = MigrationLinter(include_apps=settings.FLOORS, no_cache=True, quiet=["ok", "ignore", "warning"])
    linter.lint_all_migrations()
    assert linter.nb_total > 0
    assert linter.nb_erroneous == 0, capsys.readouterr().out
