"""The pictures of badges as a city gives them out, as SVG and as PNG, each made once."""

import hashlib

from col_core.badges.achievements import drawing
from col_core.badges.achievements.depicting import Depicting
from col_core.badges.achievements.records import Achievement
from col_core.base.database import Database
from col_core.base.files import FileStore
from col_core.base.kept import Kept
from col_core.organisers import directory

_MOST_CHARS = 4_000_000
_KEY = "badges/drawn/{}.png"


class BadgePictures:
    """The pictures of one city's badges. Safe to share between threads."""

    def __init__(self, depicting: Depicting, *, database: Database, store: FileStore) -> None:
        self._depicting, self._database, self._store = depicting, database, store
        self._kept: Kept[tuple[str, int, str], str] = Kept(_MOST_CHARS, weight=len)

    def svg(self, achievement: Achievement) -> str:
        """Return the picture as SVG. Raises NotFound where a picture of its own is lost."""
        issuer = self._organisation(achievement)
        key = (achievement.id, achievement.version, issuer or "")
        drawn = self._kept.get(key)
        if drawn is None:
            drawn = self._depicting.svg(achievement, issuer=issuer)
            self._kept.put(key, drawn)
        return drawn

    def png(self, achievement: Achievement) -> bytes:
        """Return the picture as PNG. Raises NotFound where a picture of its own is lost."""
        key = achievement.content.picture.own_key
        if key is None:
            drawn = self.svg(achievement)
            # Another look of the city makes another picture.
            key = _KEY.format(hashlib.sha256(drawn.encode()).hexdigest()[:32])
            if not self._store.exists(key):
                self._store.put(key, drawing.png(drawn), "image/png")
        with self._store.open(key) as opened:
            return opened.read()

    def _organisation(self, achievement: Achievement) -> str | None:
        id_ = achievement.content.organiser_id
        if id_ is None:
            return None
        with self._database.read() as session:
            organiser = directory.by_ids(session, [id_]).get(id_)
        return organiser.name if organiser is not None else None
