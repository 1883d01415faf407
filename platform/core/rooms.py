"""One Django app per floor, its rooms as sub-packages: this module imports a room's files at the right moment.

Models are imported while Django collects models; plugs, handlers, tasks, steps and admin pages once every app is ready.
"""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

READY_FILES = ("sockets", "plugs", "handlers", "tasks", "steps", "checks", "sensitive", "metrics", "admin", "charts")


class FloorConfig(AppConfig):
    """Base of every floor's AppConfig; `rooms` are the names of its room packages in lint order, lowest first."""

    default_auto_field = "django.db.models.BigAutoField"
    rooms: tuple[str, ...] = ()

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        cls.default = True

    def import_models(self) -> None:
        """Import every room's models. Django sends post_migrate only to an app with a models module; a floor's is its package."""
        for room in self.rooms:
            import_file(self.name, room, "models")
        super().import_models()
        if self.models_module is None and self.rooms:
            self.models_module = import_module(self.name)

    def ready(self) -> None:
        for room in self.rooms:
            for file in READY_FILES:
                import_file(self.name, room, file)


def import_file(floor: str, room: str, file: str) -> None:
    """Import `<floor>.<room>.<file>` where it exists; a room need not have every file."""
    import_module(f"{floor}.{room}")
    name = f"{floor}.{room}.{file}"
    if find_spec(name) is not None:
        import_module(name)
