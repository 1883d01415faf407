"""The embedded services: start once, stop cleanly, keep their data, stay out of each other's way."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from core.embedded import Instance, Services, current_instance
from core.embedded import instance as instances
from core.embedded.services import port_taken, reachable

pytestmark = pytest.mark.xdist_group("embedded")


def instance_in(folder: Path, name: str) -> Instance:
    run_as = instances.SERVICE_USER if os.geteuid() == 0 else None
    return Instance(name, folder / name, run_as)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder the service user may walk into (pytest's own is private to its user)."""
    place = Path(os.environ.get("BANYAN_TEST_FOLDER", current_instance("test").root)) / f"embedded-{os.getpid()}"
    place.mkdir(parents=True, exist_ok=True)
    yield place
    for running in place.glob("*/connection.json"):
        Services(instance_in(place, running.parent.name)).stop()
    shutil.rmtree(place)


def test_services_start_once_answer_and_stop_with_their_data_kept(folder: Path) -> None:
    services = Services(instance_in(folder, "one"))
    assert services.start() is True
    assert services.start() is False
    with psycopg.connect(services.instance.database_url()) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('still here')")
    services.stop()
    assert not services.running()
    assert not port_taken(int(services.instance.facts()["postgres_port"]))
    services.start()
    with psycopg.connect(services.instance.database_url()) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("still here",)


def test_what_never_started_is_stopped_without_a_complaint(folder: Path) -> None:
    services = Services(instance_in(folder, "never"))
    services.stop()
    assert not services.root.exists()


def test_two_instances_do_not_collide(folder: Path) -> None:
    one, two = Services(instance_in(folder, "one")), Services(instance_in(folder, "two"))
    one.start()
    two.start()
    assert one.instance.facts()["postgres_port"] != two.instance.facts()["postgres_port"]
    one.stop()
    assert two.running()


def test_secrets_are_readable_by_the_owner_alone_and_the_server_listens_on_loopback(folder: Path) -> None:
    services = Services(instance_in(folder, "one"))
    services.start()
    assert stat.S_IMODE(services.instance.facts_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(services.data.stat().st_mode) == 0o700
    with psycopg.connect(services.instance.database_url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)


def test_a_wrong_password_is_refused(folder: Path) -> None:
    services = Services(instance_in(folder, "one"))
    services.start()
    port = services.instance.facts()["postgres_port"]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgres://postgres:wrong@127.0.0.1:{port}/banyan")


def test_a_port_taken_by_another_program_is_changed_and_the_password_kept(folder: Path) -> None:
    one, two = Services(instance_in(folder, "one")), Services(instance_in(folder, "two"))
    one.start()
    taken = one.instance.facts()["postgres_port"]
    before = two.instance.new_facts(postgres_port=taken)
    two.start()
    after = two.instance.facts()
    assert after["postgres_port"] != taken
    assert after["postgres_password"] == before["postgres_password"]
    with psycopg.connect(two.instance.database_url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands its servers to another user")
def test_binaries_the_service_user_cannot_reach_are_copied_to_where_it_can(folder: Path, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden" / "package"
    hidden.mkdir(parents=True)
    (hidden / "binary").write_text("x")
    hidden.parent.chmod(0o700)
    copy = reachable(hidden, folder / "spare", instance_in(folder, "one"))
    assert copy != hidden
    assert (copy / "binary").read_text() == "x"
