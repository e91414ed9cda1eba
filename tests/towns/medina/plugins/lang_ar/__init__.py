"""Language plugin for tests: Arabic, with the few words that tests look at."""

from pathlib import Path

from col_core.plugin import Language, hookimpl

_ENDINGS = ("ات", "ون", "ين", "ة")


def stem(word: str) -> str:
    """Return a folded word without its article and the commonest endings."""
    bare = word.removeprefix("ال") if len(word) > 4 else word
    return next((bare.removesuffix(each) for each in _ENDINGS if bare.endswith(each) and len(bare) > 4), bare)


@hookimpl
def col_languages() -> list[Language]:
    return [
        Language(
            tag="ar",
            name="العربية",
            plural_forms=(
                "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
            ),
            direction="rtl",
            alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
            stem=stem,
            synonyms={"لوحات": ("رسم",), "رسم": ("لوحات",)},
            stopwords=frozenset({"في", "من"}),
            catalogue=Path(__file__).parent / "translations",
        )
    ]
