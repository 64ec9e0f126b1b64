"""The WSGI application that `tongchuang serve` starts."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongchuang.config.settings")
application = get_wsgi_application()
