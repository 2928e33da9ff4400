"""A provider of OpenID Connect, small and real, which may be told to cheat."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote_plus, urlencode

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "salle", "un secret : à + & %"
EMAIL = "jeanne.dupont@ville.fr"


@cache
def rsa(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@cache
def curve(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


@dataclass
class FakeProvider:
    """`claims`, `told` and `published` are laid over what an honest one says; None takes a claim away."""

    clock: Callable[[], float]
    issuer: str = ""
    key: Any = field(default_factory=lambda: rsa("un"))
    shown: list[Any] = field(default_factory=lambda: [rsa("un")])
    algorithm: str = "RS256"
    methods: tuple[str, ...] = ("client_secret_basic",)
    signs_told: bool = False
    told_key: Any = None
    forged: Callable[[dict[str, Any]], str] | None = None
    is_down: bool = False
    claims: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    published: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _tokens: set[str] = field(default_factory=set)

    def reset(self) -> None:
        fresh = FakeProvider(self.clock, self.issuer)
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(fresh, name))

    def app(self) -> Starlette:
        routes = [
            Route("/.well-known/openid-configuration", self.discovery),
            Route("/authorize", self.authorize),
            Route("/token", self.token, methods=["POST"]),
            Route("/keys", self.keys),
            Route("/userinfo", self.userinfo),
            Route("/end", self.end),
        ]
        return Starlette(routes=routes)

    async def discovery(self, _: Request) -> Response:
        if self.is_down:
            return Response("<h1>Maintenance</h1>", 503)
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/end",
            "token_endpoint_auth_methods_supported": list(self.methods),
        }
        return JSONResponse(_laid({**said}, self.published))

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["state"]) >= 32
        assert len(asked["nonce"]) >= 32
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 303)

    async def token(self, request: Request) -> Response:
        form = await request.form()
        header = request.headers.get("authorization", "")
        if "client_secret_basic" in self.methods:
            # RFC 6749, 2.3.1: each is written as in a form.
            said = base64.b64decode(header.removeprefix("Basic ")).decode().split(":")
            is_client = [unquote_plus(one) for one in said] == [CLIENT, SECRET]
        else:
            is_client = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        asked = self._codes.pop(str(form.get("code")), None)
        digest = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        challenge = _written(digest)
        if not is_client:
            return JSONResponse({"error": "invalid_client"}, 401)
        if not asked or asked["code_challenge"] != challenge or asked["redirect_uri"] != form.get("redirect_uri"):
            return JSONResponse({"error": "invalid_grant", "error_description": f"<b>{EMAIL}</b>"}, 400)
        access = secrets.token_urlsafe(16)
        self._tokens.add(access)
        said = {"access_token": access, "token_type": "Bearer", "expires_in": 60}
        return JSONResponse({**said, "id_token": self._id_token(asked["nonce"])})

    def _id_token(self, nonce: str) -> str:
        now = int(self.clock())
        honest = {"iss": self.issuer, "sub": "42", "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": nonce}
        claims = _laid({**honest}, self.claims)
        if self.forged:
            return self.forged(claims)
        return jwt.encode({"alg": self.algorithm, "kid": self.key.kid}, claims, self.key, [self.algorithm])

    async def end(self, request: Request) -> Response:
        asked = request.query_params
        assert asked["id_token_hint"]
        return RedirectResponse(f"{asked['post_logout_redirect_uri']}?{urlencode({'state': asked['state']})}", 303)

    async def keys(self, _: Request) -> Response:
        return JSONResponse(KeySet(self.shown).as_dict(private=False))

    async def userinfo(self, request: Request) -> Response:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self._tokens:
            return JSONResponse({"error": "invalid_token"}, 401)
        honest = {"sub": "42", "email": EMAIL, "email_verified": True, "given_name": "Jeanne", "usual_name": "Dupont"}
        told = _laid({**honest}, self.told)
        if not self.signs_told:
            return JSONResponse(told)
        key = self.told_key or self.key
        told = {"iss": self.issuer, "aud": CLIENT, **told}
        signed = jwt.encode({"alg": self.algorithm, "kid": self.key.kid}, told, key, [self.algorithm])
        return Response(signed, media_type="application/jwt")


def unsigned(claims: dict[str, Any]) -> str:
    """A token whose header says that it needs no signature."""
    return _joined({"alg": "none", "typ": "JWT"}, claims) + "."


def signed_with_what_is_public(claims: dict[str, Any]) -> str:
    """By HMAC, its key the public one that everybody reads."""
    said = _joined({"alg": "HS256", "kid": "un"}, claims)
    return f"{said}.{_written(hmac.digest(rsa('un').as_pem(private=False), said.encode(), 'sha256'))}"


def _joined(*parts: dict[str, Any]) -> str:
    return ".".join(_written(json.dumps(one).encode()) for one in parts)


def _written(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _laid(honest: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (honest | over).items() if value is not None}
