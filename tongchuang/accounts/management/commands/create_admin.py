"""`tongchuang create_admin USERNAME`: the first person of a new installation."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from tongchuang.accounts import services
from tongchuang.accounts.models import Unit
from tongchuang.core import clock


class Command(BaseCommand):
    """Makes an administrator of the whole tree and prints the one-time password."""

    help = "Create an administrator of the whole unit tree; prints a one-time password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Sign-in name and name of the person."""
        parser.add_argument("username")
        parser.add_argument("--name", default="")

    def handle(self, *_args: Any, username: str, name: str, **_options: Any) -> None:
        """Create, grant, print."""
        roots = list(Unit.objects.filter(depth=1))
        if not roots:
            raise CommandError("There is no unit yet: run `tongchuang load_organisation` first.")
        robot = services.robot()
        facts = services.PersonFacts(username=username, name=name or username, unit=roots[0])
        try:
            person, word = services.create_person(facts, by=robot)
        except ValidationError as fault:
            raise CommandError("; ".join(fault.messages)) from fault
        for root in roots:
            services.grant_membership(person, role="admin", unit=root, by=robot, on=clock.today())
        self.stdout.write(f"{username}: {word} (to be changed at the first sign-in)")
