"""Adapter: connections to PostgreSQL, and what goes wrong with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .errors import (
    BadAddress,
    CorruptLibrary,
    KnowledgeError,
    LockedBase,
    MissingLibrary,
    UnreachableServer,
    UnwritableBase,
)
from .outages import READING

# Imported where it serves alone.
if TYPE_CHECKING:
    from .bounding import Bounded

REMEDY = "restaurez une sauvegarde, ou choisissez une base vide dans KNOWLEDGE_LIBRARY_URL puis relancez l'ingestion."
# Seconds until an address that does not answer counts as unreachable, and a connection to a machine that has gone as
# broken.
CONNECTING, _GONE = 5.0, 15
# As the server says it, in English or in French.
_USER = ("password", "mot de passe", "authenti", "pg_hba", "role", "rôle")
_DATABASE = ("database", "base de données")


def connect(url: str, patience: float, silence: float = READING, within: float = CONNECTING) -> "Bounded":
    """Raises BadAddress and UnreachableServer; no sentence shows the password."""
    driver = _psycopg()
    from .bounding import Bounded

    asked = {
        "connect_timeout": round(within),
        "application_name": "assistant",
        "keepalives_idle": _GONE,
        "tcp_user_timeout": _GONE * 1000,
        **_parts(url),
    }
    try:
        connection = Bounded.connect(**asked, autocommit=True)
        connection.silence = silence
        # So that the server, too, notices a machine that has gone, and frees its locks.
        connection.execute(f"SET tcp_keepalives_idle = {_GONE}; SET tcp_keepalives_interval = 5")
        connection.execute(f"SET lock_timeout = {max(1, round(patience * 1000))}; SET tcp_keepalives_count = 3")
    except driver.Error as error:
        raise _refusal(url, str(error)) from error
    return connection


def shown(url: str) -> str:
    """The address without its password."""
    parts = _parts(url)
    where = f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}"
    return f"PostgreSQL {where}/{parts.get('dbname', '')}"


@contextmanager
def translated(name: str, locked: str = "") -> Iterator[None]:
    import psycopg
    from psycopg import errors

    try:
        yield
    except (errors.LockNotAvailable, errors.DeadlockDetected, errors.QueryCanceled) as error:
        raise LockedBase(locked or f"{name} est occupée par un autre programme : réessayez dans un instant.") from error
    except (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction, errors.DiskFull) as error:
        raise UnwritableBase(
            f"{name} ne peut pas être écrite ({_first_line(error)}) : vérifiez l'espace disque du serveur et les "
            "droits de l'utilisateur, puis relancez."
        ) from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise _unreachable(name, error) from error
    except psycopg.Error as error:
        raise CorruptLibrary(
            f"{name} est abîmée ou n'est pas une bibliothèque de ce programme ({_first_line(error)}) : " + REMEDY
        ) from error


def _parts(url: str) -> dict[str, Any]:
    driver = _psycopg()
    try:
        parts: dict[str, Any] = driver.conninfo.conninfo_to_dict(url)
    except driver.Error:
        parts = {}
    if not url.startswith(("postgresql://", "postgres://")) or not parts.get("dbname"):
        # Without the cause, which would show the password.
        raise BadAddress(
            "KNOWLEDGE_LIBRARY_URL n'est pas une adresse PostgreSQL : écrivez "
            "postgresql://utilisateur:motdepasse@hôte:5432/base."
        ) from None
    return parts


def _refusal(url: str, said: str) -> KnowledgeError:
    """What the server, or nobody, answered to a connection."""
    where, _, refused = shown(url), *said.lower().partition("fatal:")[1:]
    if "exist" in refused and any(word in refused for word in _DATABASE):
        return BadAddress(
            f"La base de données de KNOWLEDGE_LIBRARY_URL n'existe pas ({where}) : créez-la (createdb), ou corrigez ce "
            "réglage."
        )
    if any(word in refused for word in _USER):
        return BadAddress(f"{where} refuse l'utilisateur ou le mot de passe : corrigez KNOWLEDGE_LIBRARY_URL.")
    return _unreachable(f"La bibliothèque {where}", said)


def _unreachable(name: str, error: object) -> UnreachableServer:
    return UnreachableServer(
        f"{name} ne répond pas ({_first_line(error)}) : vérifiez que PostgreSQL tourne et que KNOWLEDGE_LIBRARY_URL "
        "mène à lui. La connexion se rétablit d'elle-même à son retour."
    )


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _psycopg() -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise MissingLibrary(
            "KNOWLEDGE_LIBRARY_URL demande psycopg : pip install -r requirements-servers.txt."
        ) from error
    return psycopg
