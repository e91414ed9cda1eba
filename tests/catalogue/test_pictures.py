import os
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image as Pillow

from col_core.base.errors import FetchError
from col_core.base.fetch import HttpClient
from col_core.base.files import FolderStore
from col_core.base.images import variant_key
from col_core.catalogue import pictures, store
from col_core.catalogue.records import Draft, Image
from col_core.catalogue.vocabulary import Status
from col_core.testing.web_server import web_server


@pytest.fixture
def web():
    with web_server() as server:
        yield server


@pytest.fixture
def files(tmp_path):
    return FolderStore(tmp_path / "files")


def png(color="red"):
    out = BytesIO()
    Pillow.new("RGB", (1200, 800), color).save(out, "PNG")
    return out.getvalue()


def with_picture(url, alt="Skodelica čaja"):
    return Draft(title={"sl": "Čaj"}, image=Image(url=url, alt={"sl": alt} if alt else {}))


def work(house, files, web):
    job = pictures.job(house.database, files, HttpClient(allow_hosts=(web.host,), user_agent="test"))
    for name, payload in house.jobs():
        assert name == pictures.JOB
        job.run(payload)


def test_a_picture_is_fetched_once_and_made_new_in_our_sizes(house, files, web):
    house.sync(a=with_picture(web.put("/a.png", png())))
    work(house, files, web)
    work(house, files, web)
    key = house.stored()["Čaj"].image_key
    assert len(web.requests) == 1
    for width in (480, 960):
        with files.open(variant_key(key, width)) as file, Pillow.open(file) as image:
            assert (image.format, image.width) == ("WEBP", width)


def test_a_picture_without_a_text_is_not_fetched(house, files, web):
    house.sync(a=with_picture(web.put("/a.png", png()), alt=""))
    assert house.jobs() == []


def test_another_picture_replaces_the_first_and_an_unchanged_one_stays(house, files, web):
    house.sync(a=with_picture(web.put("/a.png", png())))
    work(house, files, web)
    first = house.stored()["Čaj"].image_key
    house.sync(a=with_picture(web.url("/a.png")))
    assert house.stored()["Čaj"].image_key == first
    house.sync(a=with_picture(web.put("/b.png", png("blue"))))
    assert house.stored()["Čaj"].image_key is None
    work(house, files, web)
    assert house.stored()["Čaj"].image_key not in (None, first)


@pytest.mark.parametrize("body", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"", b"<html>"])
def test_what_is_no_picture_is_left_out_for_good(house, files, web, body):
    house.sync(a=with_picture(web.put("/a.png", body)))
    work(house, files, web)
    assert house.stored()["Čaj"].image_key is None


def test_a_server_that_is_away_is_asked_again_and_one_that_says_no_is_not(house, files, web):
    house.sync(a=with_picture(web.put("/a.png", b"", status=503)))
    with pytest.raises(FetchError):
        work(house, files, web)
    web.put("/a.png", b"", status=404)
    work(house, files, web)
    house.sync(a=with_picture("http://169.254.169.254/latest/meta-data"))
    work(house, files, web)
    assert house.stored()["Čaj"].image_key is None


def test_a_picture_that_changed_meanwhile_does_not_get_the_old_copy(house, files, web):
    def slow(request):
        house.sync(a=with_picture(web.put("/b.png", png("blue"))))
        body = png()
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    house.sync(a=with_picture(web.answer("/a.png", slow)))
    ((_, payload),) = house.jobs()
    client = HttpClient(allow_hosts=(web.host,), user_agent="test")
    pictures.job(house.database, files, client).run(payload)
    assert house.stored()["Čaj"].image_key is None


def test_the_picture_of_what_was_withdrawn_is_deleted_and_that_of_another_stays(house, files, web, tmp_path):
    house.sync(
        a=with_picture(web.put("/a.png", png())),
        b=replace(with_picture(web.put("/b.png", png("blue"))), title={"sl": "Kava"}),
    )
    work(house, files, web)
    tea, coffee = house.stored()["Čaj"], house.stored()["Kava"]
    assert pictures.sweep(house.database, files) == 0
    with house.database.write() as session:
        store.set_status(session, [tea.id], Status.WITHDRAWN, index=house.index, clock=house.clock)
    # Written just now: it could belong to an offer that is about to be told of it.
    assert pictures.sweep(house.database, files) == 0
    for key in files.listing():
        os.utime(tmp_path / "files" / key, (0, 0))
    assert pictures.sweep(house.database, files) == 1
    assert not files.exists(variant_key(tea.image_key, 480))
    assert files.exists(variant_key(coffee.image_key, 480))
    assert house.stored()["Čaj"].image_key is None
