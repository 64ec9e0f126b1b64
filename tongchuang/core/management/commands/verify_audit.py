"""Walk the audit chain and name the first break."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tongchuang.core.audit import verify_chain


class Command(BaseCommand):
    help = "Walk the audit chain; ends with an error that names the first broken event."

    def handle(self, *_args: Any, **_options: Any) -> None:
        report = verify_chain()
        if not report.sound:
            place = f"at event {report.broken_at}" if report.broken_at else "at its end"
            raise CommandError(
                f"The chain is broken {place}: {report.fault} ({report.events} sound before)."
            )
        self.stdout.write(f"The chain of {report.events} events is sound.")
