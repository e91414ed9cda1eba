"""What the doctor looks at in the badges that a city keeps as files."""

from collections.abc import Iterator
from dataclasses import dataclass

from col_core.badges.achievements.motif import left_out
from col_core.badges.achievements.syncing import BadgeFiles
from col_core.base.checks import Finding, Weight
from col_core.base.settings import CityConfig


@dataclass(frozen=True, kw_only=True)
class BadgesCheck:
    """Whether the files of badges can be used, and the drawings of the theme on them."""

    config: CityConfig
    badge_files: BadgeFiles
    area: str = "badges"

    def look(self) -> Iterator[Finding]:
        for each in left_out(self.config.theme):
            yield Finding(
                weight=Weight.HINT,
                what=each,
                means="Badges are drawn without it.",
                mend="Save the drawing with a viewBox.",
            )
        for fault in self.badge_files.faults():
            yield Finding(
                weight=Weight.MEND if fault.fatal else Weight.RISK,
                what=str(fault),
                means="The badge is shown as it was before, or not at all."
                if fault.fatal
                else "Nobody reads that text.",
                mend="Correct the file; it is read again by itself. `col achievements check` looks through all.",
            )
