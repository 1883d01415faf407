"""`manage.py staff`: operators' accounts, from the server alone."""

import getpass
import os
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.clock import queries as clock
from core.desk import staff
from core.desk.roles import Role


class Command(BaseCommand):
    help = "Add a member of staff, set roles, reset a second factor or dismiss. Every change is in the audit log."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        for name, words in {"add": "make an account", "roles": "set the roles of an account"}.items():
            sub = acts.add_parser(name, help=words)
            sub.add_argument("username")
            sub.add_argument("--role", action="append", default=[], choices=[str(role) for role in Role])
        for name, words in {"reset-second-factor": "ask for a new set-up at the next login", "dismiss": "close an account"}.items():
            acts.add_parser(name, help=words).add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        at, name = clock.now(), options["username"]
        match options["act"]:
            case "add":
                staff.add(username=name, password=asked_password(name), roles=options["role"], at=at)
            case "roles":
                staff.set_roles(user=known(name), roles=options["role"], at=at)
            case "reset-second-factor":
                staff.reset_second_factor(user=known(name), at=at)
            case "dismiss":
                staff.dismiss(user=known(name), at=at)
        self.stdout.write("Done.")


def known(username: str) -> User:
    user = User.objects.filter(username=username, is_staff=True).first()
    if user is None:
        raise CommandError(f"there is no member of staff called {username!r}")
    return user


def asked_password(username: str) -> str:
    """From STAFF_PASSWORD or the terminal, checked against the site's rules."""
    password = os.environ.get("STAFF_PASSWORD") or getpass.getpass("Password: ")
    try:
        validate_password(password, User(username=username))
    except ValidationError as problem:
        raise CommandError(" ".join(problem.messages)) from problem
    return password
