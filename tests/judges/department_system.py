"""A department's system on Django with mozilla-django-oidc, as its own process.

The library is unmodified; what stands here is its documented configuration and the two hooks its
manual gives to systems whose users are not known by e-mail. `python department_system.py '<json>'`.
"""

import json
import os
import sys
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
import jwt
from django.conf import settings

known: dict[str, Any] = json.loads(sys.argv[1])
here = f"http://127.0.0.1:{known['port']}"
os.environ["NO_PROXY"] = "127.0.0.1"

settings.configure(
    SECRET_KEY=known["client_secret"],
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": known["database"]}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "mozilla_django_oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    SESSION_COOKIE_NAME=f"department-{known['port']}",
    AUTHENTICATION_BACKENDS=[f"{__name__}.ResidentBackend"],
    OIDC_RP_CLIENT_ID=known["client_id"],
    OIDC_RP_CLIENT_SECRET=known["client_secret"],
    OIDC_RP_SIGN_ALGO="ES256",
    OIDC_RP_SCOPES=known["scopes"],
    OIDC_USE_PKCE=True,
    OIDC_TOKEN_USE_BASIC_AUTH=True,
    OIDC_OP_AUTHORIZATION_ENDPOINT=known["metadata"]["authorization_endpoint"],
    OIDC_OP_TOKEN_ENDPOINT=known["metadata"]["token_endpoint"],
    OIDC_OP_USER_ENDPOINT=known["metadata"]["userinfo_endpoint"],
    OIDC_OP_JWKS_ENDPOINT=known["metadata"]["jwks_uri"],
    OIDC_AUTH_REQUEST_EXTRA_PARAMS=known["extra"],
    OIDC_STORE_ID_TOKEN=True,
    LOGIN_REDIRECT_URL=f"{here}/whoami",
    LOGIN_REDIRECT_URL_FAILURE=f"{here}/failed",
)
django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from mozilla_django_oidc.auth import OIDCAuthenticationBackend  # noqa: E402


class ResidentBackend(OIDCAuthenticationBackend):
    """Users are known by `sub`, as the manual says for providers without e-mail."""

    def filter_users_by_claims(self, claims: dict[str, Any]) -> Any:
        return self.UserModel.objects.filter(username=claims["sub"][:150])

    def create_user(self, claims: dict[str, Any]) -> Any:
        name = claims.get("name", "")
        return self.UserModel.objects.create_user(claims["sub"][:150], last_name=name)


def whoami(request: HttpRequest) -> HttpResponse:
    """Who is signed in here, and how sure the platform was."""
    if not request.user.is_authenticated:
        return JsonResponse({"signed_in": False}, status=401)
    token = jwt.decode(request.session["oidc_id_token"], options={"verify_signature": False})
    return JsonResponse(
        {
            "signed_in": True,
            "subject": request.user.username,
            "name": request.user.last_name,
            "acr": token.get("acr"),
            "auth_time": token["auth_time"],
        }
    )


def failed(_: HttpRequest) -> HttpResponse:
    """The library refused what came back."""
    return HttpResponse("failed", status=403)


urlpatterns = [
    path("oidc/", include("mozilla_django_oidc.urls")),
    path("whoami", whoami),
    path("failed", failed),
]


class Quiet(WSGIRequestHandler):
    """Its own log is not the test's."""

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    with make_server("127.0.0.1", known["port"], get_wsgi_application(), handler_class=Quiet) as s:
        print("ready", flush=True)
        s.serve_forever()
