import threading

import pytest

from col_core.badges.checking.service import Checking
from col_core.badges.credentials.records import Aspect, Got, NotReached, Verdict
from col_core.base.errors import Unavailable
from col_core.testing.badges import a_badge
from col_core.testing.clock import FixedClock
from col_core.testing.issuing import NOW, text


class SlowWeb:
    """Answers nobody until it is let go."""

    def __init__(self):
        self.asked = threading.Semaphore(0)
        self.go = threading.Event()

    def get(self, url, *, accept):
        self.asked.release()
        self.go.wait(60)
        raise NotReached(url)


class BrokenWeb:
    def get(self, url, *, accept):
        return Got(body=None, media_type="")


def test_those_who_wait_for_slow_issuers_do_not_take_every_thread(library):
    slow = SlowWeb()
    checking = Checking(documents=slow, clock=FixedClock(NOW), at_once=1)
    badge = text(library.signed(library.unsigned(a_badge(1, status=[]))))
    waiting = threading.Thread(target=checking.check, args=(badge,))
    waiting.start()
    assert slow.asked.acquire(timeout=60)
    with pytest.raises(Unavailable):
        checking.check(badge)
    slow.go.set()
    waiting.join()
    assert checking.check(badge).verdict == Verdict.UNKNOWN


def test_a_fault_of_our_own_is_no_answer_and_no_error(library):
    checking = Checking(documents=BrokenWeb(), clock=FixedClock(NOW))
    found = checking.check(text(library.signed(library.unsigned(a_badge(1, status=[])))))
    assert (found.verdict, found.reason, set(found.checks)) == (Verdict.UNKNOWN, "not_checked", set(Aspect))


def test_only_an_issuer_whose_badge_holds_is_asked_for_a_picture(web, library):
    checking = Checking(documents=web, clock=FixedClock(NOW))
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>'
    address = web.put("https://library.example/picture.svg", drawing)
    document = library.unsigned(a_badge(1, status=[]))
    document["credentialSubject"]["achievement"]["image"] = {"id": address, "type": "Image"}
    signed = library.signed(document)
    assert checking.check_and_depict(text(signed))[1].startswith("data:image/svg+xml;base64,")
    before = web.asked.count(address)
    assert checking.check_and_depict(text({**signed, "name": "Other"}))[1] is None
    assert web.asked.count(address) == before
