"""Ends with 0 when the demonstration city stands in the database, else with 1."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongchuang.config.settings")
django.setup()

from django.conf import settings  # noqa: E402  after setup

from tongchuang.accounts.models import Unit  # noqa: E402  after setup

# The clock file is written last: a city that was interrupted has none.
complete = settings.DEMO_CLOCK_FILE.exists() and Unit.objects.exists()
sys.exit(0 if complete else 1)
