"""Bringing what a source names: a web address through the guarded client, or a file of the city."""

import hashlib
import json
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from col_core.base.errors import FetchError, FetchRefused
from col_core.base.fetch import HttpClient
from col_core.base.settings import LimitsConfig
from col_core.hooks.city import Loaded

USER_AGENT = "CityOfLearning/0.1"


class CityLoader:
    """Loads for one city: `folder` is the city's own, out of which no file name leads."""

    def __init__(self, folder: Path, http: HttpClient, limits: LimitsConfig) -> None:
        self._folder = folder.resolve()
        self._http = http
        self._limits = limits

    def load(self, url: str, cursor: str | None = None, headers: Mapping[str, str] | None = None) -> Loaded:
        """Return what stands at `url`. Raises FetchError; FetchRefused where it may not be read at all."""
        if "://" in url:
            return self._from_web(url, cursor, headers)
        return self._from_file(url, cursor)

    def send(self, url: str, body: Any, headers: Mapping[str, str] | None = None) -> Loaded:
        """Send `body` as JSON to `url`, once; return what was answered. Raises FetchError."""
        response = self._http.post(
            url,
            body,
            headers=headers,
            max_bytes=self._limits.fetch_bytes,
            deadline_s=self._limits.fetch_deadline_s,
        )
        return Loaded(
            body=response.body,
            media_type=response.media_type,
            charset=response.charset,
            address=response.final_url,
            unchanged=False,
            cursor=None,
        )

    def _from_web(self, url: str, cursor: str | None, headers: Mapping[str, str] | None) -> Loaded:
        known = _known(cursor, url)
        response = self._http.get(
            url,
            etag=known.get("etag"),
            last_modified=known.get("last_modified"),
            max_bytes=self._limits.fetch_bytes,
            deadline_s=self._limits.fetch_deadline_s,
            headers=headers,
        )
        digest = hashlib.sha256(response.body).hexdigest()
        unchanged = response.unchanged or digest == known.get("digest")
        seen = {
            "url": url,
            "etag": response.etag,
            "last_modified": response.last_modified,
            "digest": known.get("digest") if response.unchanged else digest,
        }
        return Loaded(
            body=b"" if unchanged else response.body,
            media_type=response.media_type,
            charset=response.charset,
            address=response.final_url,
            unchanged=unchanged,
            cursor=json.dumps(seen),
        )

    def _from_file(self, name: str, cursor: str | None) -> Loaded:
        file = (self._folder / name).resolve()
        if not file.is_relative_to(self._folder):
            raise FetchRefused(f"{name} leads out of the city's folder.")
        try:
            if file.stat().st_size > self._limits.fetch_bytes:
                raise FetchError(f"{name} is larger than [limits] fetch_bytes = {self._limits.fetch_bytes}.")
            body = file.read_bytes()
        except OSError as error:
            raise FetchError(f"{name} in the city's folder cannot be read: {error.strerror}.") from error
        digest = hashlib.sha256(body).hexdigest()
        unchanged = digest == _known(cursor, name).get("digest")
        return Loaded(
            body=b"" if unchanged else body,
            media_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream",
            charset=None,
            address=name,
            unchanged=unchanged,
            cursor=json.dumps({"url": name, "digest": digest}),
        )


def _known(cursor: str | None, url: str) -> dict[str, str]:
    """Read a cursor that we made; one of another address, or that is not ours, counts as none."""
    try:
        known = json.loads(cursor) if cursor else {}
    except ValueError:
        return {}
    return known if isinstance(known, dict) and known.get("url") == url else {}
