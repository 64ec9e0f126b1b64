"""Coming in: password, lock, session limit, the demonstration's short way, going out."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from tongchuang.accounts.models import SignInSession, User
from tongchuang.accounts.tests.make import PASSWORD, make_city, make_unit, make_user
from tongchuang.core import audit

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/sign-in/"
NEW = "Xin-kou-ling-2016"


@pytest.fixture(autouse=True)
def _home(settings: LazySettings) -> None:
    settings.LOGIN_REDIRECT_URL = "accounts:me"


@pytest.fixture
def clerk() -> User:
    city = make_city()
    return make_user(
        "wang", role="unit_clerk", unit=city.bureau, password=PASSWORD, phone="13800000001"
    )


def enter(client: Client, username: str = "wang", password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("name", ["wang", "13800000001", " wang "])
def test_one_signs_in_by_name_or_phone(client: Client, clerk: User, name: str) -> None:
    answer = enter(client, name)
    assert answer["Location"] == reverse("accounts:me")
    assert client.get(reverse("accounts:me")).status_code == 200
    assert SignInSession.objects.get().user == clerk
    assert audit.history(clerk).get().action == "sign_in"


def test_a_wrong_password_says_so_and_keeps_the_name(client: Client, clerk: User) -> None:
    answer = enter(client, password="wrong")
    assert answer.status_code == 422
    assert "登录名或口令不对" in text(answer)
    assert 'value="wang"' in text(answer)
    assert "wrong" not in text(answer)


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(client: Client, clerk: User) -> None:
    said = [text(enter(client, password="wrong")) for _try in range(4)]
    assert "再错 1 次将锁定 15 分钟" in said[-1]
    locked = enter(client, password="wrong")
    assert locked.status_code == 429
    assert "15 分钟后（14:45）可以再试" in text(locked)
    assert enter(client).status_code == 429, "the right password waits too"
    assert enter(client, "13800000001").status_code == 429, "and so does the phone"


def test_the_lock_of_one_does_not_lock_another(client: Client, clerk: User) -> None:
    make_user("li", unit=make_unit(), password=PASSWORD)
    for _try in range(5):
        enter(client, password="wrong")
    assert enter(client, "li").status_code == 302


@pytest.mark.parametrize(
    ("wish", "leads"),
    [
        ("/cases/?state=open", "/cases/?state=open"),
        ("https://evil.example/", "/accounts/me/"),
        ("//evil.example/", "/accounts/me/"),
        ("javascript:alert(1)", "/accounts/me/"),
        ("", "/accounts/me/"),
    ],
)
def test_one_comes_back_to_ones_own_pages_only(
    client: Client, clerk: User, wish: str, leads: str
) -> None:
    assert enter(client, next=wish)["Location"] == leads


def test_the_wish_survives_a_wrong_password(client: Client, clerk: User) -> None:
    assert 'value="/cases/1/"' in text(enter(client, password="wrong", next="/cases/1/"))


def test_a_deactivated_person_and_the_robot_stay_outside(client: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert enter(client).status_code == 422


def test_the_oldest_session_ends_beyond_the_limit_and_the_person_is_told(clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(session_limit=2)
    first, second, third = Client(), Client(), Client()
    for client in (first, second, third):
        enter(client)
    assert first.get("/accounts/me/").status_code == 302
    assert second.get("/accounts/me/").status_code == 200
    assert "最早的 1 处已退出" in text(third.get("/accounts/me/"))
    assert SignInSession.objects.filter(ended_because="limit").count() == 1


def test_a_session_is_ended_from_the_list(clerk: User) -> None:
    here, there = Client(), Client()
    enter(there)
    enter(here)
    assert "本处" in text(here.get(reverse("accounts:sessions")))
    other = SignInSession.objects.order_by("id")[0]
    here.post(reverse("accounts:session_end", args=[other.pk]))
    assert there.get("/accounts/me/").status_code == 302
    assert here.get("/accounts/me/").status_code == 200


def test_the_session_of_somebody_else_is_not_there(client: Client, clerk: User) -> None:
    enter(client)
    stranger = Client()
    stranger.force_login(make_user())
    pk = SignInSession.objects.get().pk
    assert stranger.post(reverse("accounts:session_end", args=[pk])).status_code == 404


def test_signing_out_takes_a_post(client: Client, clerk: User) -> None:
    enter(client)
    assert client.get(reverse("accounts:sign_out")).status_code == 405
    client.post(reverse("accounts:sign_out"))
    assert client.get("/accounts/me/").status_code == 302
    assert SignInSession.objects.get().ended_because == "signed_out"


def test_a_one_time_password_is_changed_before_anything_else(client: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(must_change_password=True)
    enter(client)
    change = client.get("/accounts/me/")["Location"]
    assert change.startswith(reverse("accounts:change_password"))
    answer = client.post(change, {"old": PASSWORD, "new": NEW, "again": NEW})
    assert answer["Location"] == "/accounts/me/"
    assert client.get("/accounts/me/").status_code == 200


def test_a_new_password_ends_the_sessions_elsewhere(clerk: User) -> None:
    here, there = Client(), Client()
    enter(there)
    enter(here)
    here.post("/accounts/me/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert there.get("/accounts/me/").status_code == 302
    assert here.get("/accounts/me/").status_code == 200
    assert SignInSession.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong", NEW, NEW, "原口令不对"),
        (PASSWORD, NEW, NEW + "x", "两次输入的新口令不一样"),
        (PASSWORD, "1234567890", "1234567890", "数字"),
        (PASSWORD, "short", "short", "10"),
        (PASSWORD, PASSWORD, PASSWORD, "不能与原口令相同"),
    ],
)
def test_a_bad_new_password_is_refused_in_words(
    client: Client, clerk: User, old: str, new: str, again: str, said: str
) -> None:
    enter(client)
    answer = client.post("/accounts/me/password/", {"old": old, "new": new, "again": again})
    assert answer.status_code == 422
    assert said in text(answer)


# The demonstration
def test_the_demonstration_lets_one_in_with_one_press(client: Client, clerk: User) -> None:
    assert "演示：选一个身份进入" in text(client.get(SIGN_IN))
    answer = client.post(reverse("accounts:demo_sign_in"), {"username": "wang", "next": "/cases/"})
    assert answer["Location"] == "/cases/"
    assert client.get("/accounts/me/").status_code == 200


def test_anybody_of_the_demonstration_is_found_by_name_or_unit(client: Client, clerk: User) -> None:
    assert 'value="wang"' in text(client.get(f"{SIGN_IN}?q=城管局"))
    assert "没有找到" in text(client.get(f"{SIGN_IN}?q=无此人"))


def test_many_enter_the_demonstration_as_the_same_person(clerk: User) -> None:
    clients = [Client() for _visitor in range(5)]
    for client in clients:
        client.post(reverse("accounts:demo_sign_in"), {"username": "wang"})
    assert all(client.get("/accounts/me/").status_code == 200 for client in clients)


@pytest.mark.parametrize("username", ["robot", "nobody", ""])
def test_only_people_are_entered_as(client: Client, clerk: User, username: str) -> None:
    make_user("robot", robot=True)
    answer = client.post(reverse("accounts:demo_sign_in"), {"username": username})
    assert answer.status_code == 404


def test_outside_a_demonstration_the_short_way_does_not_exist(
    client: Client, clerk: User, settings: LazySettings
) -> None:
    settings.DEMO = False
    assert "演示" not in text(client.get(f"{SIGN_IN}?q=城管局"))
    assert "demo-sign-in" not in text(client.get(SIGN_IN))
    answer = client.post(reverse("accounts:demo_sign_in"), {"username": "wang"})
    assert answer.status_code == 404
    assert client.get("/accounts/me/").status_code == 302


def test_the_language_is_chosen_before_signing_in_and_comes_back(client: Client) -> None:
    back = f"{SIGN_IN}?next=/cases/"
    answer = client.post(reverse("set_language"), {"language": "en", "next": back})
    assert answer["Location"] == back
    assert '<html lang="en">' in text(client.get(back))
