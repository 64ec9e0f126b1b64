"""One search over everything: what a person may see, by kind."""

import pytest
from django.test import Client

from tongchuang.accounts.models import User
from tongchuang.accounts.tests.make import make_user
from tongchuang.desk.queries.finding import find
from tongchuang.projects.tests.make import Yard, make_project, make_yard

pytestmark = pytest.mark.django_db


@pytest.fixture
def yard() -> Yard:
    return make_yard()


def _found(user: User, words: str) -> dict[str, list[str]]:
    return {str(group.label): [hit.title for hit in group.hits] for group in find(user, words)}


def test_a_project_is_found_by_name_and_by_number(yard: Yard) -> None:
    project = make_project(yard, title="城南社会停车场")
    make_project(yard, title="餐厨垃圾处理站")
    for words in ("停车", project.code):
        assert _found(yard.city.director, words) == {"硬件项目": ["城南社会停车场"]}


def test_a_project_elsewhere_is_not_found(yard: Yard) -> None:
    make_project(yard, title="城南社会停车场")
    stranger = make_user(role="unit_clerk", unit=yard.city.grid, over=yard.city.grid)
    assert _found(stranger, "停车") == {}


def test_blank_words_find_nothing(yard: Yard, client: Client) -> None:
    assert find(yard.city.director, "   ") == []
    client.force_login(yard.city.director, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/search/?q=").status_code == 200
