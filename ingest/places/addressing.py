"""Pure: the address of a page, as it is asked for and as it is named."""

import re
from dataclasses import dataclass

import ada_url

from ..errors import UnreadableFile

# Parameters that say where a reader came from, never what is read: Google, Matomo, Piano (AT Internet), Mailchimp,
# advertisers. Longer lists hold `source`, `ref` or `keyword`, which tell one document from another on some sites.
_TRACKING = re.compile(
    r"(?:(?:utm|mtm|pk|piwik|matomo|at|mc|hsa|vero|oly|itm)_[\w-]+|xtor|xtref|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|"
    r"msclkid|yclid|twclid|ttclid|igshid|mkt_tok|_ga|_gl|_hsenc|_hsmi|phpsessid)",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address. Two that name the same page have the same `id`."""

    # As it is asked for: ASCII, without fragment or tracking; scheme, final slash and order of parameters kept.
    url: str

    @property
    def id(self) -> str:
        """
        As a person reads it: no scheme, no final slash, parameters in order, accents as letters.
        Example: https://Xn--caf-dma.fr/%C3%A9t%C3%A9/?b=2&a=1&utm_source=x#y -> café.fr/été?a=1&b=2
        """
        url = ada_url.URL(self.url)
        port = f":{url.port}" if url.port else ""
        query = "&".join(sorted(_readable(url.search[1:]).split("&"))).strip("&")
        return f"{_readable_host(url.hostname)}{port}{_readable(url.pathname).rstrip('/')}{'?' if query else ''}{query}"

    @property
    def host(self) -> str:
        """Its name or number, without port or brackets."""
        return ada_url.URL(self.url).hostname.strip("[]")

    @property
    def authority(self) -> str:
        """Host and port, as a request names them."""
        return ada_url.URL(self.url).host

    @property
    def origin(self) -> str:
        return ada_url.URL(self.url).origin

    @property
    def is_home(self) -> bool:
        """Is it the first page of its site?"""
        url = ada_url.URL(self.url)
        return url.pathname == "/" and not url.search

    def to(self, link: str) -> "Address":
        """Where a link leads that stands on its page. Raises UnreadableFile."""
        return address_of(link, self.url)


def address_of(text: str, base: str | None = None) -> Address:
    """The address that is written, read as browsers read it. Raises UnreadableFile where nothing may be asked of it."""
    try:
        url = ada_url.URL(text, base)
    except ValueError as error:
        raise UnreadableFile(f"« {_cut(text)} » n'est pas une adresse : donnez-la en entier (https://…).") from error
    if url.protocol not in ("http:", "https:"):
        raise UnreadableFile(f"Adresse refusée, « {_cut(text)} » : seules http:// et https:// sont lues.")
    if url.username or url.password:
        raise UnreadableFile("Adresse refusée : elle porte un identifiant ou un mot de passe. Retirez-les.")
    if len(url.href) > _LONGEST:
        raise UnreadableFile(f"Adresse refusée : elle dépasse {_LONGEST} caractères.")
    url.hash = ""
    kept = [part for part in url.search[1:].split("&") if part and not _TRACKING.fullmatch(part.partition("=")[0])]
    url.search = "&".join(kept)
    return Address(url.href)


def _readable(text: str) -> str:
    """Escaped letters and digits as themselves; what could change the meaning or the look stays escaped."""
    return _ESCAPED.sub(lambda run: _unescaped(bytes.fromhex(run[0].replace("%", ""))), text)


def _unescaped(data: bytes) -> str:
    return "".join(
        char if char.isalnum() or char in "-._~" else _escaped(char) for char in data.decode("utf-8", "surrogateescape")
    )


def _escaped(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))


def _readable_host(host: str) -> str:
    """The letters that an international name stands for, where they stand for that name alone."""
    readable: str = ada_url.idna.decode(host.encode())
    return readable if ada_url.check_url(f"http://{readable}") and _host(readable) == host else host


def _host(name: str) -> str:
    return ada_url.URL(f"http://{name}").hostname


def _cut(text: str) -> str:
    return text if len(text) <= 100 else text[:99] + "…"
