"""Addresses of accounts."""

from django.urls import URLPattern, URLResolver, path

from tongchuang.accounts.views import audit_log, people, sign_in, units

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    # Coming in and going out
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("demo-sign-in/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("me/", sign_in.me, name="me"),
    path("me/password/", sign_in.change_password, name="change_password"),
    path("me/sessions/", sign_in.sessions, name="sessions"),
    path("me/sessions/<int:pk>/end/", sign_in.session_end, name="session_end"),
    # Units
    path("units/", units.unit_list, name="unit_list"),
    path("units/posts-missing/", units.posts_missing, name="posts_missing"),
    path("units/new/", units.unit_create, name="unit_create"),
    path("units/<int:pk>/", units.unit_detail, name="unit_detail"),
    path("units/<int:pk>/edit/", units.unit_edit, name="unit_edit"),
    path("units/<int:pk>/rename/", units.unit_rename, name="unit_rename"),
    path("units/<int:pk>/appoint/", units.post_appoint, name="post_appoint"),
    path("posts/<int:pk>/end/", units.post_end, name="post_end"),
    # People
    path("people/", people.person_list, name="person_list"),
    path("people/new/", people.person_create, name="person_create"),
    path("people/<int:pk>/", people.person_detail, name="person_detail"),
    path("people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("people/<int:pk>/active/", people.person_set_active, name="person_set_active"),
    path("people/<int:pk>/password/", people.person_reset_password, name="person_reset_password"),
    path("people/<int:pk>/sessions/end/", people.person_end_sessions, name="person_end_sessions"),
    path("people/<int:pk>/grant/", units.membership_grant, name="membership_grant"),
    path("people/<int:pk>/absence/", people.absence_create, name="absence_create"),
    path("people/<int:pk>/hand-over/", people.hand_over, name="hand_over"),
    path("memberships/<int:pk>/end/", units.membership_end, name="membership_end"),
    path("absences/<int:pk>/end/", people.absence_end, name="absence_end"),
    # Audit
    path("audit/", audit_log.audit_log, name="audit_log"),
]
