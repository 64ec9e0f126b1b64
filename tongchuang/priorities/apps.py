"""Priorities."""

from django.apps import AppConfig


class PrioritiesConfig(AppConfig):
    name = "tongchuang.priorities"
    label = "priorities"
