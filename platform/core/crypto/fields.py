"""Encrypted columns: text in Python, AES-256-GCM ciphertext in the database, bound to table, column and row."""

import uuid
from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from core.crypto import owner_keys
from core.crypto.envelope import close, open_value


class Opened(DeferredAttribute):
    """Opens the ciphertext when the attribute is read, so that rows merely listed keep their secrets closed."""

    field: "EncryptedTextField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, (bytes, memoryview)):
            return open_value(bytes(value), place=self.field.place(instance)).decode()
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        """Having a setter puts this before the instance's own dictionary, where the ciphertext of a loaded row lies."""
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.BinaryField):
    """Text kept encrypted. The row's key must be set before saving (our ids are made in Python).

    `owner` names the attribute with the id of whom the text is about: it is closed under that owner's key (core.crypto.owner_keys)
    and lost with it; without one, under the master keys. Cannot be filtered by (use a blind index beside it) and cannot be set by
    `QuerySet.update` (save the row).
    """

    _pyi_private_set_type: str  # type: ignore[assignment]
    _pyi_private_get_type: str  # type: ignore[assignment]
    description = "Encrypted text"
    descriptor_class = Opened

    def __init__(self, *args: Any, owner: str = "", **kwargs: Any) -> None:
        kwargs["editable"] = False
        self.owner = owner
        super().__init__(*args, **kwargs)

    def place(self, instance: models.Model) -> str:
        if instance.pk is None:
            raise ValueError(f"{instance._meta.label} needs its key before {self.attname} can be encrypted")
        return f"{self.model._meta.db_table}.{self.column}.{instance.pk}"

    def owner_of(self, instance: models.Model) -> uuid.UUID | None:
        return getattr(instance, self.owner) if self.owner else None

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        owner = owner_keys.owner_of(bytes(value)) if value and self.owner else None
        if owner is not None:
            owner_keys.opened.seen(owner)
        return value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, str):
            return close(value.encode(), place=self.place(model_instance), owner=self.owner_of(model_instance))
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            raise TypeError(f"{self.name} is encrypted per row: set it on the row and save, do not filter or update by it")
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is encrypted and is not serialised")
