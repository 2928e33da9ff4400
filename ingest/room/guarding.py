"""Adapter: lets in who has signed in, by a password or by a provider, and what comes from a page of the room."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ..errors import MissingProvider, NotIdentified
from .departing import AWAY, Departures
from .sessions import LASTS, Person, Session, Sessions
from .showing import html, to
from .signing import Door, Tries

if TYPE_CHECKING:
    # What it needs is not always installed.
    from .provider import Provider

# Bytes of a request: a drop, and any other form. What is in front of us may take less.
LARGEST_DROP, LARGEST_FORM = 210_000_000, 2_000_000
_COOKIE, _DEPARTURE = "redaction", "redaction-depart"
_BACK = "/oidc/retour"

Handle = Callable[[Request, Session], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Guard:
    """By `door` where it has a password, by `provider` where there is one; `tries` counts who it does not let in."""

    door: Door
    sessions: Sessions
    departures: Departures
    tries: Tries
    provider: "Provider | None" = None

    def routes(self) -> Iterator[Route]:
        yield Route("/connexion", self.show, methods=["GET"])
        yield Route("/deconnexion", self.only(self.sign_out), methods=["POST"])
        if self.door.way:
            yield Route("/connexion", self.sign_in, methods=["POST"])
        if self.provider:
            yield Route("/oidc", self.depart, methods=["GET"])
            yield Route(_BACK, self.come_back, methods=["GET"])

    async def show(self, request: Request) -> Response:
        return self._page(request)

    async def sign_in(self, request: Request) -> Response:
        _check_origin(request)
        _check_length(request, 4_000)
        address = _address(request)
        if self.door.is_shut(address):
            raise HTTPException(429, "Trop de mots de passe faux : attendez cinq minutes, puis réessayez.")
        form = await request.form(max_files=0, max_fields=4)
        if not await to_thread.run_sync(self.door.admits, str(form.get("password", "")), address):
            return self._page(request, 403, "Ce n'est pas le mot de passe de la rédaction.")
        return await self._entered(request, self.door.way, None)

    async def depart(self, request: Request) -> Response:
        """To the provider; a link, not a form: our pages send forms nowhere else."""
        assert self.provider
        if self.tries.are_over(_address(request)):
            raise HTTPException(429, "Trop de connexions refusées : attendez cinq minutes, puis réessayez.")
        cookie, departure = self.departures.begin()
        try:
            url = await self.provider.address(departure, _ours(request, _BACK), "compte" in request.query_params)
        except MissingProvider as error:
            return self._page(request, 503, str(error))
        response = RedirectResponse(url, 303)
        # Lax: the way back comes from another site.
        _set(request, response, _DEPARTURE, cookie, AWAY, "lax")
        return response

    async def come_back(self, request: Request) -> Response:
        """From the provider, with what proves to it, not to us, who the visitor is."""
        assert self.provider
        told = request.query_params
        departure = self.departures.end(request.cookies.get(_DEPARTURE, ""), told.get("state", ""))
        if departure is None:
            return self._page(
                request, 403, "Cette connexion a expiré, a déjà servi ou a commencé ailleurs : recommencez."
            )
        if "code" not in told:
            return self._page(request, 403, "Le fournisseur d'identité n'a pas permis cette connexion : recommencez.")
        address = _address(request)
        try:
            back = _ours(request, _BACK)
            person = await self.provider.identify(told["code"], told.get("iss", ""), departure, back)
        except NotIdentified as error:
            self.tries.count(address)
            return self._page(request, 403, str(error))
        except MissingProvider as error:
            return self._page(request, 503, str(error))
        self.tries.forget(address)
        return await self._entered(request, self.provider.way, person)

    async def sign_out(self, request: Request, session: Session) -> Response:
        """The session ends here, for every copy of its cookie, then at its provider."""
        await to_thread.run_sync(self.sessions.close, request.cookies.get(_COOKIE, ""))
        end = ""
        if self.provider and session.person:
            end = await self.provider.leaving(session.person.proof, _ours(request, "/connexion"))
        # A page in between: a form that is sent on to another site is stopped by browsers.
        response = html(request, "depart.html", end=end) if end else to(request, "/connexion")
        response.delete_cookie(_COOKIE, path=_root(request) or "/")
        return response

    def only(self, handle: Handle) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            session = await to_thread.run_sync(self._session, request.cookies.get(_COOKIE, ""))
            if session is None:
                return to(request, "/connexion")
            if request.method == "POST":
                _check_origin(request)
                is_drop = request.headers.get("content-type", "").startswith("multipart/form-data")
                _check_length(request, LARGEST_DROP if is_drop else LARGEST_FORM)
                async with request.form(max_files=50, max_fields=20_000, max_part_size=100_000) as form:
                    if not session.is_token(str(form.get("csrf", ""))):
                        raise HTTPException(403, "Cette page a expiré : revenez en arrière, rechargez-la, recommencez.")
                    return await handle(request, session)
            return await handle(request, session)

        return guarded

    def _session(self, cookie: str) -> Session | None:
        """That of a cookie, while the way by which it came in is open to it."""
        session = self.sessions.find(cookie) if cookie else None
        if session is None or session.person is None:
            return session if session and session.way == self.door.way else None
        provider = self.provider
        is_open = provider and session.way == provider.way and provider.registration.admits(session.person.email)
        return session if is_open else None

    async def _entered(self, request: Request, way: str, person: Person | None) -> Response:
        if former := request.cookies.get(_COOKIE):
            await to_thread.run_sync(self.sessions.close, former)
        cookie = await to_thread.run_sync(self.sessions.open, way, person)
        response = to(request, "/")
        # Strict would keep it from the page that a return from another site leads to; no address of ours acts on GET.
        _set(request, response, _COOKIE, cookie, LASTS, "lax" if person else "strict")
        response.delete_cookie(_DEPARTURE, path=_root(request) or "/")
        return response

    def _page(self, request: Request, status: int = 200, problem: str = "") -> Response:
        label = self.provider.registration.label if self.provider else ""
        return html(request, "connexion.html", status, label=label, has_password=bool(self.door.way), problem=problem)


def _set(request: Request, response: Response, name: str, value: str, seconds: int, site: str) -> None:
    secure = request.url.scheme == "https"
    path = _root(request) or "/"
    response.set_cookie(name, value, max_age=seconds, path=path, secure=secure, httponly=True, samesite=site)  # type: ignore[arg-type]


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def _ours(request: Request, path: str) -> str:
    """As the visitor's browser has it, whatever stands between."""
    return f"{request.url.scheme}://{request.url.netloc}{_root(request)}{path}"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _check_origin(request: Request) -> None:
    """A browser says where a form was sent from; the token is for those that do not."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "Cette demande ne vient pas de la salle de rédaction.")


def _check_length(request: Request, most: int) -> None:
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException(411, "La taille de cette demande n'est pas dite.")
    if int(length) > most:
        raise HTTPException(
            413, f"C'est trop : {most // 1_000_000} Mo au plus à la fois. Déposez-les en plusieurs fois."
        )
