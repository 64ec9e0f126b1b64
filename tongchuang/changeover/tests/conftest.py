"""What the tests of changeovers share: both shipped editions, loaded once for a module."""

from tongchuang.standards.tests.conftest import everything

__all__ = ["everything"]
