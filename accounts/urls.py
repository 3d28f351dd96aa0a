"""The addresses of the accounts. Most of their names are those that django-allauth asks for."""

from allauth.account import views as allauth_views
from allauth.mfa.urls import urlpatterns as second_factor_urls
from allauth.usersessions.views import list_usersessions
from django.db import transaction
from django.urls import include, path, re_path

from accounts import views

urlpatterns = [
    path("", views.profile, name="account_profile"),
    path("login/", views.LoginView.as_view(), name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("register/", views.RegisterView.as_view(), name="account_signup"),
    path("confirm/", allauth_views.email_verification_sent, name="account_email_verification_sent"),
    path("confirm/done/", views.confirmed, name="account_confirmed"),
    path(
        "confirm/<str:key>/",
        transaction.atomic(views.ConfirmEmailView.as_view()),
        name="account_confirm_email",
    ),
    path("password/", views.ChangePasswordView.as_view(), name="account_change_password"),
    path("password/set/", views.set_password, name="account_set_password"),
    path("password-reset/", views.ResetRequestView.as_view(), name="account_reset_password"),
    path(
        "password-reset/sent/",
        allauth_views.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "password-reset/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password-reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        views.NewPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    re_path(
        r"^invitation/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        views.InvitationView.as_view(),
        name="account_invitation",
    ),
    path("reauthenticate/", views.ReauthenticateView.as_view(), name="account_reauthenticate"),
    # Before allauth's own at the same address.
    path(
        "second-factor/webauthn/keys/<int:pk>/remove/",
        views.RemovePasskeyView.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("second-factor/", include(second_factor_urls)),
    path("sessions/", list_usersessions, name="usersessions_list"),
    path("sessions/<int:pk>/end/", views.end_session, name="account_end_session"),
    path("professional/", views.professional, name="account_professional"),
    path("email/", views.change_email, name="account_email_change"),
    path("email/<str:token>/", views.confirm_email_change, name="account_email_confirm"),
    path("data/", views.download_data, name="account_data"),
    path("delete/", views.delete_account, name="account_delete"),
    path("deleted/", views.deleted, name="account_deleted"),
]
