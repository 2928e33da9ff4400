"""Values: what was agreed with an identity provider, and whom of those that it knows the room lets in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import NotIdentified
from .sessions import Person

_LONGEST_NAME = 100
# Letters of other alphabets pass for others: no address of ours has any.
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,255}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Registration:
    """What was agreed with a provider; `allowed` are addresses and domains, in lower case."""

    issuer: str
    client_id: str
    client_secret: str
    allowed: tuple[str, ...]
    scopes: tuple[str, ...]
    acr: tuple[str, ...]
    algorithm: str
    label: str
    trusts_email: bool

    def admits(self, email: str) -> bool:
        """A domain is that very one: none that it holds, none that ends alike."""
        address = email.lower()
        return address in self.allowed or address.rpartition("@")[2] in self.allowed

    def person(self, email: object, is_verified: object, claims: Mapping[str, Any], proof: str) -> Person:
        """Who has this address, as far as the provider vouches for it. Raises NotIdentified."""
        if not isinstance(email, str) or not _ADDRESS.fullmatch(email):
            raise NotIdentified(
                "Votre fournisseur d'identité n'a pas donné d'adresse électronique lisible : demandez à la personne "
                "qui tient ce serveur de vérifier ce qu'il transmet (portée « email »)."
            )
        if not (is_verified in (True, "true") or (is_verified is None and self.trusts_email)):
            raise NotIdentified(
                f"Votre fournisseur d'identité ne garantit pas que l'adresse {email} est la vôtre : faites-la "
                "vérifier chez lui, puis recommencez."
            )
        if not self.admits(email):
            raise NotIdentified(
                f"L'adresse {email} n'est pas de celles qui ouvrent la salle de rédaction : demandez à la personne "
                "qui tient ce serveur de l'ajouter, ou prenez un autre compte."
            )
        family = claims.get("usual_name") or claims.get("family_name") or ""
        told = claims.get("name") or f"{claims.get('given_name') or ''} {family}"
        # Nothing that would turn what follows around.
        name = "".join(letter for letter in str(told) if letter.isprintable() or letter.isspace())
        return Person(email.lower(), " ".join(name.split())[:_LONGEST_NAME], proof)
