"""Send the e-mail that is due."""

from typing import Any

from django.core.management.base import BaseCommand

from tongchuang.core import outbox


class Command(BaseCommand):
    help = "Send the e-mail of messages that are due. Safe to run twice."

    def handle(self, *_args: Any, **options: Any) -> None:
        delivered = outbox.deliver_pending()
        if options["verbosity"] > 1:
            self.stdout.write(f"{delivered} messages")
