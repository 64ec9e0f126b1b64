"""Import first in a module that runs in a process of its own: it sets Django up."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongchuang.config.settings")
django.setup()
