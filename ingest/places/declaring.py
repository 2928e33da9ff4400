"""Pure: a list of places, as an editor writes it in sources.yaml."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from ..errors import MalformedList
from .finding import About

# The French names of fields, and those of other tools.
_FIELDS: Mapping[str, str] = {
    "nom": "name",
    "name": "name",
    "adresse": "address",
    "url": "address",
    "dossier": "address",
    "fichier": "address",
    "editeur": "publisher",
    "éditeur": "publisher",
    "publisher": "publisher",
    "partie": "part",
    "part": "part",
    "confiance": "trust",
    "trust": "trust",
}
_LEVELS: Mapping[str, str] = {
    "haute": "haute",
    "moyenne": "moyenne",
    "basse": "basse",
    "high": "haute",
    "medium": "moyenne",
    "low": "basse",
}
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Declared:
    """A place of the list: where it is, as written, and what is said of all it holds."""

    name: str
    address: str
    about: About
    line: int


def declared_in(text: str) -> list[Declared]:
    """
    Every place of a list. Raises MalformedList, with the line.

    Example:
        lieux:
          - nom: actualites
            adresse: https://www.example.org/feed
            editeur: RTES
            confiance: haute
    """
    root = _parsed(text)
    places = [_declared(node) for node in _places(root)]
    names: dict[str, int] = {}
    for place in places:
        if place.name in names:
            raise MalformedList(
                f"Ligne {place.line} : le nom « {place.name} » est déjà celui du lieu de la ligne "
                f"{names[place.name]}. Donnez-en un autre."
            )
        names[place.name] = place.line
    return places


def _parsed(text: str) -> yaml.Node | None:
    if len(text) > _LARGEST:
        raise MalformedList("Cette liste est trop longue : coupez-la en plusieurs.")
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise MalformedList(
            f"Ligne {line} : ce n'est pas du YAML. Vérifiez les espaces en début de ligne, les « : » et les guillemets."
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise MalformedList("Ce fichier n'est pas du YAML : enregistrez-le comme texte, en UTF-8.") from error


def _places(root: yaml.Node | None) -> list[yaml.Node]:
    """A list, or a list under `lieux` or `sources`."""
    if isinstance(root, yaml.MappingNode) and len(root.value) == 1 and root.value[0][0].value in ("lieux", "sources"):
        root = root.value[0][1]
    if not isinstance(root, yaml.SequenceNode) or not root.value:
        raise MalformedList("Ligne 1 : donnez une liste de lieux sous « lieux: », chacun avec son « adresse ».")
    return list(root.value)


def _declared(node: yaml.Node) -> Declared:
    line = _line(node)
    if not isinstance(node, yaml.MappingNode):
        raise MalformedList(f"Ligne {line} : un lieu s'écrit « - adresse: … », avec ses autres champs en dessous.")
    fields: dict[str, str] = {}
    for field, value, at in _fields(node):
        if field in fields:
            raise MalformedList(f"Ligne {at} : ce lieu donne deux fois son champ « {_french(field)} ».")
        fields[field] = value
        if field == "trust" and value not in _LEVELS:
            raise MalformedList(f"Ligne {at} : la confiance est « haute », « moyenne » ou « basse », non « {value} ».")
        if field == "name" and ("/" in value or value in (".", "..")):
            raise MalformedList(f"Ligne {at} : « {value} » n'est pas un nom de lieu. Écrivez-le sans « / ».")
    if "address" not in fields or "name" not in fields:
        raise MalformedList(f"Ligne {line} : ce lieu doit avoir un « nom » et une « adresse ».")
    about = About(
        publisher=fields.get("publisher", ""),
        part=fields.get("part", ""),
        trust=_LEVELS[fields["trust"]] if "trust" in fields else "",
    )
    return Declared(fields["name"], fields["address"], about, line)


def _fields(node: yaml.MappingNode) -> Iterator[tuple[str, str, int]]:
    """(field, value, line) of each that is filled."""
    for key, value in node.value:
        field = _FIELDS.get(key.value.strip().lower()) if isinstance(key, yaml.ScalarNode) else None
        if field is None:
            raise MalformedList(
                f"Ligne {_line(key)} : champ « {_shown(key.value)} » inconnu. Un lieu a un nom, une adresse, un "
                "editeur, une partie et une confiance."
            )
        if not isinstance(value, yaml.ScalarNode) or not (text := " ".join(value.value.split())):
            raise MalformedList(f"Ligne {_line(value)} : le champ « {_french(field)} » doit être un texte.")
        yield field, text, _line(key)


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line
    return line + 1


def _french(field: str) -> str:
    return next(name for name, other in _FIELDS.items() if other == field)


def _shown(key: Any) -> str:
    return key if isinstance(key, str) else "…"
