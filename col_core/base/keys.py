"""The city's secret, by which cookies and links are signed: from the environment, or a file only the city reads."""

import os
import secrets
import tempfile
from pathlib import Path

from col_core.base import state_folder
from col_core.base.errors import ConfigError
from col_core.base.settings import CityConfig

SECRET_FILE = "secret.key"
LEAST_LENGTH = 32


def secret_key(config: CityConfig) -> str:
    """Return the secret of this city; it is made at the first start, and stays.

    `COL_SECRET_KEY` wins (cities on several machines need it, for all must have the same); else it stands in
    `secret.key` in the state folder, mode 0600. Raises ConfigError for one that is too short or cannot be read.
    """
    if config.secret_key:
        return _checked(config.secret_key, "COL_SECRET_KEY")
    file = config.var / SECRET_FILE
    try:
        if not file.exists():
            keep_secret(config.var, secrets.token_urlsafe(48))
        return _checked(file.read_text(encoding="ascii").strip(), str(file))
    except UnicodeDecodeError:
        return _checked("", str(file))
    except OSError as error:
        raise ConfigError(f"{file} cannot be read or made: {error.strerror}.") from error


def known_secret(config: CityConfig) -> str | None:
    """Return the secret of this city, or None where it has none yet. Raises ConfigError as `secret_key` does."""
    if not config.secret_key and not (config.var / SECRET_FILE).exists():
        return None
    return secret_key(config)


def keep_secret(folder: Path, secret: str, *, replace: bool = False) -> None:
    """Write `secret` into its file in `folder`, wholly or not at all.

    Of several processes that start at once, the first one's stays, unless `replace`. Raises OSError.
    """
    state_folder.make(folder)
    # mkstemp makes the file for its owner alone, before anything stands in it.
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".secret-")
    made = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{secret}\n")
            file.flush()
            os.fsync(file.fileno())
        if replace:
            made.replace(folder / SECRET_FILE)
        else:
            _link_first(made, folder / SECRET_FILE)
    finally:
        made.unlink(missing_ok=True)


def _link_first(made: Path, file: Path) -> None:
    try:
        file.hardlink_to(made)
    except FileExistsError:
        return


def _checked(secret: str, where: str) -> str:
    if len(secret) < LEAST_LENGTH:
        raise ConfigError(
            f"{where} holds no secret of at least {LEAST_LENGTH} characters. Put the old one back (a backup has it) "
            "or make a new one: `python3 -c 'import secrets; print(secrets.token_urlsafe(48))'`. A new one signs "
            "everybody out."
        )
    return secret
