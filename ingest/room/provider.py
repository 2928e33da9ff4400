"""Adapter: an OpenID Connect provider: where to send a visitor, and who it says they are, with every proof checked."""

import logging
import re
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from ..errors import MissingProvider, NotIdentified
from .departing import Departure
from .registering import Registration
from .sessions import Person

# Seconds: for an answer, for what is known of the provider to be asked again, and between two clocks.
_PATIENCE, _FRESH, _LEEWAY = 10.0, 3600.0, 60
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_log = logging.getLogger(__name__)


class Provider:
    """Asked as late as can be: the room opens while it is down. `clock` counts in seconds."""

    def __init__(self, registration: Registration, clock: Callable[[], float]) -> None:
        self.registration, self._clock = registration, clock
        self.way = f"oidc {registration.issuer} {registration.client_id}"
        self._known: tuple[float, dict[str, Any]] | None = None
        self._keys: KeySet | None = None

    async def address(self, departure: Departure, back: str, anew: bool = False) -> str:
        """Where to send a visitor, who comes to `back`; `anew`: they are asked who they are again."""
        asked = self.registration
        more = {"prompt": "login"} if anew else {}
        more |= {"acr_values": " ".join(asked.acr)} if asked.acr else {}
        async with self._client() as client:
            metadata = await self._metadata(client)
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=departure.state,
                nonce=departure.nonce,
                code_verifier=departure.verifier,
                redirect_uri=back,
                scope=" ".join(asked.scopes),
                **more,
            )
        return str(url)

    async def identify(self, code: str, issuer: str, departure: Departure, back: str) -> Person:
        """Who has come back with this code. Raises NotIdentified, MissingProvider."""
        try:
            async with self._client() as client:
                metadata = await self._metadata(client)
                is_told = bool(metadata.get("authorization_response_iss_parameter_supported"))
                if (issuer or is_told) and issuer != metadata["issuer"]:
                    raise _refused("the answer comes from another issuer")
                return await self._identified(client, metadata, code, departure, back)
        except JoseError as error:
            raise _refused(f"{error.error} {getattr(error, 'claim', '')}".strip()) from error
        except AuthlibBaseError as error:
            raise _refused(f"the provider says {_plain(error.error)}") from error

    async def leaving(self, proof: str, back: str) -> str:
        """Where a visitor ends their session at the provider too; "" where there is no such place, or it is down."""
        try:
            async with self._client() as client:
                end = (await self._metadata(client)).get("end_session_endpoint")
        except MissingProvider:
            return ""
        if not end:
            return ""
        said = {"id_token_hint": proof, "post_logout_redirect_uri": back, "state": secrets.token_hex(16)}
        return f"{end}{'&' if '?' in end else '?'}{urlencode(said)}"

    async def _identified(
        self, client: Any, metadata: dict[str, Any], code: str, departure: Departure, back: str
    ) -> Person:
        if "client_secret_post" in metadata.get("token_endpoint_auth_methods_supported", ()):
            client.token_endpoint_auth_method = "client_secret_post"
        else:
            # RFC 6749, 2.3.1: in a header, each is written as in a form.
            client.client_id, client.client_secret = quote_plus(client.client_id), quote_plus(client.client_secret)
        token = await _asked(
            client.fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=departure.verifier,
                redirect_uri=back,
            )
        )
        proof = str(token.get("id_token", ""))
        read = await self._read(client, metadata, proof)
        expected: dict[str, Any] = {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": self.registration.client_id},
        }
        if self.registration.acr:
            expected["acr"] = {"essential": True, "values": list(self.registration.acr)}
        known = {
            "nonce": departure.nonce,
            "client_id": self.registration.client_id,
            "access_token": token.get("access_token"),
        }
        claims = CodeIDToken(read.claims, read.header, expected, known)
        claims.validate(int(self._clock()), _LEEWAY)
        told = await self._told(client, metadata)
        if told and told.get("sub") != claims["sub"]:
            raise _refused("the token and what the provider tells are of two people")
        # Who says the address is who says that it is verified.
        source = told if told.get("email") else claims
        return self.registration.person(
            str(source.get("email") or ""), source.get("email_verified"), {**claims, **told}, proof
        )

    async def _told(self, client: Any, metadata: dict[str, Any]) -> dict[str, Any]:
        """What the provider tells of its visitor, as JSON or as a signed token (ProConnect)."""
        if not metadata.get("userinfo_endpoint"):
            return {}
        response = await _asked(client.get(metadata["userinfo_endpoint"], headers={"accept": "application/json"}))
        if response.status_code != 200:
            raise _refused(f"the provider tells nothing ({response.status_code})")
        if not response.headers.get("content-type", "").lower().startswith("application/jwt"):
            return _json(response)
        claims = (await self._read(client, metadata, response.text)).claims
        expected: Any = {"iss": {"value": metadata["issuer"]}, "aud": {"value": self.registration.client_id}}
        jwt.JWTClaimsRegistry(int(self._clock()), _LEEWAY, **expected).validate(claims)
        return claims

    async def _read(self, client: Any, metadata: dict[str, Any], token: str) -> jwt.Token:
        """Signed with the algorithm that was agreed on, by a key of the provider: it may just have made a new one."""
        allowed = [self.registration.algorithm]
        registry = JWSRegistry(algorithms=allowed, strict_check_header=False)
        is_known = self._keys is not None
        keys = self._keys or await self._fetched(client, metadata)
        try:
            return jwt.decode(token, keys, allowed, registry)
        except InvalidKeyIdError:
            if not is_known:
                raise
            return jwt.decode(token, await self._fetched(client, metadata), allowed, registry)
        except ValueError as error:
            raise _refused("no token") from error

    async def _fetched(self, client: Any, metadata: dict[str, Any]) -> KeySet:
        found: Any = await _shown(client, metadata["jwks_uri"])
        try:
            self._keys = KeySet.import_key_set(found)
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise _missing("its keys cannot be read") from error
        return self._keys

    async def _metadata(self, client: Any) -> dict[str, Any]:
        now = self._clock()
        if self._known and now - self._known[0] < _FRESH:
            return self._known[1]
        issuer = self.registration.issuer
        found = await _shown(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
            raise _missing("what it publishes is of another issuer")
        named = [found.get(name) for name in (*_NEEDED, "userinfo_endpoint", "end_session_endpoint")]
        if not all(named[: len(_NEEDED)]) or not all(_is_safe(str(url), issuer) for url in named if url):
            raise _missing("an address that it publishes is missing, or is not https")
        self._known, self._keys = (now, found), None
        return found

    def _client(self) -> Any:
        asked = self.registration
        # `leeway`: a token that lasts a minute (ProConnect) would be taken as expired already.
        return AsyncOAuth2Client(
            asked.client_id, asked.client_secret, code_challenge_method="S256", leeway=0, timeout=_PATIENCE
        )


def _is_safe(url: str, issuer: str) -> bool:
    """Whether nobody on the way can read what is sent there; an issuer of this machine may be without https."""
    parts, is_near = urlsplit(url), urlsplit(issuer).scheme == "http"
    return bool(parts.hostname) and (
        parts.scheme == "https" or (is_near and parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


async def _shown(client: Any, url: str) -> dict[str, Any]:
    """What anybody may read there."""
    return _json(await _asked(client.request("GET", url, withhold_token=True)))


async def _asked(asking: Any) -> Any:
    try:
        return await asking
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise _missing(type(error).__name__) from error


def _json(response: Any) -> dict[str, Any]:
    try:
        found = response.json() if response.status_code == 200 else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _missing(f"no JSON ({response.status_code})")
    return found


def _plain(code: object) -> str:
    """What an error is called, where it is a name as the standard has them."""
    return code if isinstance(code, str) and re.fullmatch(r"[a-z_]{1,40}", code) else "something else"


def _refused(reason: str) -> NotIdentified:
    """The log has the reason, and nothing of who it was."""
    _log.warning("a sign-in was refused: %s", reason)
    return NotIdentified(
        "Votre fournisseur d'identité n'a pas confirmé cette connexion : recommencez ; si cela persiste, prévenez la "
        "personne qui tient ce serveur, dont le journal dit pourquoi."
    )


def _missing(reason: str) -> MissingProvider:
    _log.warning("the identity provider cannot be used: %s", reason)
    return MissingProvider(
        "Le fournisseur d'identité ne répond pas comme il le devrait : réessayez dans quelques minutes ; si cela "
        "persiste, prévenez la personne qui tient ce serveur."
    )
