"""What the tests of standards share: small files, and one whole load."""

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tongchuang.accounts.services import robot
from tongchuang.standards import services

FRAMEWORK = """\
schema: tongchuang/framework/1
id: small
edition: '1'
title: 小标准
status: in_force
chapters:
- id: small.ch1
  number: '1'
  title: 第一章
  articles:
  - id: small.a1
    number: '1'
    title: 第一条
    requirements:
    - id: small.a1.r1
      title: 绿化覆盖率
      text: 不低于36%
      confidence: high
      measures:
      - id: small.a1.r1.m1
        name: 绿化覆盖率
        unit: '%'
        op: '>='
        threshold: 36
        confidence: high
      rules:
      - kind: threshold
        measure: small.a1.r1.m1
    - id: small.a1.r2
      title: 无死角
      text: 无卫生死角
      confidence: low
      rules:
      - kind: manual
"""

WriteFile = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> WriteFile:
    """Write the small framework (or `text`) with pairs of words replaced."""

    def written(*changes: tuple[str, str], text: str = FRAMEWORK, name: str = "f.yaml") -> Path:
        content = dedent(text)
        for old, new in changes:
            assert old in content, old
            content = content.replace(old, new, 1)
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return written


@pytest.fixture(scope="module")
def everything(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """All that the product ships, loaded once for a module and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        services.load_standards(services.standard_files(), by=robot())
        yield
        transaction.set_rollback(True)
