"""Pictures of opportunities: fetched once, made new in our sizes, shown from our own server only."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import structlog
from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import ColError
from col_core.base.fetch import HttpClient
from col_core.base.files import FileStore
from col_core.base.images import MEDIA_TYPE, base_key, reencode_all, variant_key
from col_core.base.jobs import Job
from col_core.catalogue import store
from col_core.catalogue.records import Opportunity

JOB = "catalogue.picture"
MAX_BYTES = 20_000_000
_FOLDER = "opportunities/"
_SETTLED_S = 3_600
_log = structlog.get_logger()


def want(session: Session, opportunities: Iterable[Opportunity], *, clock: Clock) -> None:
    """Write down, in the caller's transaction, that the pictures of `opportunities` are to be fetched.

    One without a text for those who cannot see it is never shown, and so not fetched.
    """
    for each in opportunities:
        if _address(each) is not None and each.image_key is None:
            outbox.enqueue(session, JOB, {"id": each.id}, clock=clock, key=f"{JOB}:{each.id}")


def job(database: Database, files: FileStore, http: HttpClient) -> Job:
    """Return the job that fetches one picture. What cannot be had now is tried again later; nonsense is not."""

    def run(payload: Mapping[str, Any]) -> None:
        with database.read() as session:
            opportunity = store.get(session, str(payload["id"]))
        url = _address(opportunity) if opportunity is not None else None
        if opportunity is None or url is None or opportunity.image_key is not None:
            return
        try:
            body = http.get(url, max_bytes=MAX_BYTES, deadline_s=30, accept="image/*").body
            variants = reencode_all(body)
        except ColError as error:
            if not error.permanent:
                raise
            _log.info("picture.left_out", opportunity=opportunity.id, reason=error.code)
            return
        digest = hashlib.sha256(body).hexdigest()
        key = f"{_FOLDER}{digest[:2]}/{digest[:40]}"
        for width, made in variants.items():
            files.put(variant_key(key, width), made.data, MEDIA_TYPE)
        with database.write() as session:
            store.set_image(session, opportunity.id, url=url, key=key)

    return Job(name=JOB, run=run, outside=False)


def sweep(database: Database, files: FileStore) -> int:
    """Delete the pictures that no opportunity has any more; return how many. One that was withdrawn has none.

    What was written in the last hour stays: its opportunity may be about to be told of it.
    """
    with database.write() as session:
        store.let_images_go(session)
        needed = store.image_keys(session)
    gone = [key for key in files.listing(older_than_s=_SETTLED_S) if _is_left(key, needed)]
    for key in gone:
        files.delete(key)
    return len({base_key(key) for key in gone})


def _is_left(key: str, needed: Collection[str]) -> bool:
    return key.startswith(_FOLDER) and base_key(key) not in needed


def _address(opportunity: Opportunity) -> str | None:
    image = opportunity.content.image
    return image.url if image is not None and image.alt else None
