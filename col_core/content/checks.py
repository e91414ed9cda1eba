"""What the doctor looks at in the texts that a city writes itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from col_core.base.checks import Finding, Weight
from col_core.base.settings import CityConfig, Texts
from col_core.content.library import Library


@dataclass(frozen=True, kw_only=True)
class ContentCheck:
    """Whether pages and articles can be shown, and in which languages something is missing."""

    config: CityConfig
    library: Library
    area: str = "texts"

    def look(self) -> Iterator[Finding]:
        for fault in self.library.faults():
            yield Finding(
                weight=Weight.MEND if fault.fatal else Weight.RISK,
                what=str(fault),
                means="Visitors do not see this text." if fault.fatal else "It is shown, but not as it was meant.",
                mend="Correct the file; it is read again by itself. `col content check` looks through all of them.",
            )
        lacking = {**self.library.lacking(), **_lacking_names(self.config)}
        for tag in self.config.languages:
            named = sorted(what for what, tags in lacking.items() if tag in tags)
            if named:
                yield Finding(
                    weight=Weight.HINT,
                    what=f"Not there in {tag}: {', '.join(named)}.",
                    means="Who reads that language gets these in another one, marked as such.",
                    mend=f"Write NAME.{tag}.md beside the others, and `{tag} = …` in city.toml.",
                )


def _lacking_names(config: CityConfig) -> Mapping[str, list[str]]:
    texts: dict[str, Texts] = {"the city's name": config.name}
    if config.theme.motto:
        texts["the motto"] = config.theme.motto
    # One text for all languages is a choice: a proper name needs no translation.
    return {what: [tag for tag in config.languages if tag not in each] for what, each in texts.items() if len(each) > 1}
