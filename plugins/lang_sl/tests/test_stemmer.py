"""Search in Slovenian: the cases of one word meet, different words stay apart."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_plugin_lang_sl.stemmer import stem

FAMILIES = """
delavnica delavnice delavnici delavnico delavnic delavnicama delavnicah delavnicam delavnicami
knjižnica knjižnice knjižnici knjižnico knjižnic knjižnicama knjižnicah knjižnicami
mladinski mladinska mladinsko mladinske mladinskega mladinskemu mladinskem mladinskim mladinskih mladinskimi mladinskima
glasba glasbe glasbi glasbo glasb
glasbeni glasbena glasbeno glasbene glasbenega glasbenih glasben
dogodek dogodka dogodku dogodkom dogodki dogodkov dogodkih dogodke dogodkoma
program programa programu programom programi programov programih programe
prireditev prireditve prireditvi prireditvijo prireditvah prireditvami
tečaj tečaja tečaju tečajem tečaji tečajev tečajih tečaje tečajema
programer programerja programerju programerji programerjev programerjem
tekma tekme tekmi tekmo tekem tekmah
igra igre igri igro iger igrah igrami
mladost mladosti mladostjo
šola šole šoli šolo šol šolah
ura ure uri uro ur urah
društvo društva društvu društev društvih društvom
podjetje podjetja podjetju podjetij podjetjem podjetjih
energija energije energijo energij energijah
otrok otroka otroci otroke otrokom otrocih
dan dneva dnevi dni dnevih
prostovoljec prostovoljca prostovoljci prostovoljcev prostovoljcem
plesati plesanje plesanja plesanju
gledališče gledališča gledališču gledališčem gledališč gledališčih
center centra centru centrom centri centrov
pesem pesmi pesmijo pesmim
sistem sistema sistemu sistemi sistemov
drama drame dramo dram
teden tedna tedni tednov tednu
študent študenta študenti študentov
""".strip().splitlines()

APART = [
    ("ples", "plesanje"),
    ("glasba", "glasbeni"),
    ("sreča", "srečanje"),
    ("mladina", "mladi"),
    ("knjiga", "knjižnica"),
    ("certifikati", "certificiranje"),
    ("delo", "delavnica"),
]


def folded(word: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", word) if not unicodedata.combining(each))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.split()[0])
def test_all_cases_of_a_word_have_one_stem(family: str) -> None:
    assert len({stem(folded(word)) for word in family.split()}) == 1


@pytest.mark.parametrize(("one", "other"), APART)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert stem(folded(one)) != stem(folded(other))


def test_no_two_families_fall_together() -> None:
    stems = [stem(folded(family.split()[0])) for family in FAMILIES]
    assert len(set(stems)) == len(stems)


@given(st.text(max_size=60))
def test_any_word_has_a_stem_and_an_empty_one_only_an_empty_word(word: str) -> None:
    assert bool(stem(word)) == bool(word)


@given(st.text(alphabet="abcdefghijklmnoprstuvz", min_size=1, max_size=20))
def test_a_stem_is_never_much_longer_than_its_word(word: str) -> None:
    assert len(stem(word)) <= len(word) + 1
