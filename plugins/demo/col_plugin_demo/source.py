"""A demonstration source: an inner source, a file with fixed dates, and an anchor in time."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from marshmallow import fields

from col_core.plugin import City, Draft, Fetched, PluginSchema, RawItem, Rejected, SourceConfig
from col_plugin_demo.shift import shifted, weeks_between

# Said in the offer's own text as well as by every page, so that it also reaches calendars and feeds.
_NOTICE = {
    "sl": "To je izmišljen primer za predstavitev portala.",
    "lt": "Tai išgalvotas pavyzdys portalui pristatyti.",
    "en": "This is an invented example that shows how the portal works.",
}


class SourceOptions(PluginSchema):
    """Options of a `[[sources]]` entry with `plugin = "demo"`."""

    inner = fields.String(required=True, metadata={"description": "Name of the plugin that reads the file."})
    anchor = fields.Date(
        required=True,
        metadata={"description": "A day of the week that the dates in the file call the present one."},
    )
    feed = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": "Options of the inner source, as its own plugin describes them."},
    )


class DemoSource:
    """Offers of another source, moved by whole weeks so that the anchor's week is the present one."""

    def __init__(self, city: City, config: SourceConfig) -> None:
        self.id = config.id
        self._city = city
        self._anchor: date = config.options["anchor"]
        inner = replace(config, plugin=config.options["inner"], options=config.options["feed"])
        self._inner = city.source_from(inner.plugin, inner)

    def fetch(self, *, since: datetime | None, cursor: str | None) -> Fetched:
        """Fetch from the inner source. A new week makes an unchanged file new: its dates have moved."""
        week = str(self._weeks())
        known_week, _, inner_cursor = (cursor or "").partition("|")
        same_week = known_week == week
        fetched = self._inner.fetch(
            since=since if same_week else None, cursor=inner_cursor or None if same_week else None
        )
        return replace(fetched, cursor=f"{week}|{fetched.cursor or ''}")

    def normalise(self, raw: RawItem) -> Draft | Rejected:
        """Normalise with the inner source, then move the dates and mark the draft as an example."""
        draft = self._inner.normalise(raw)
        if isinstance(draft, Rejected):
            return draft
        draft = shifted(draft, self._weeks(), self._city.timezone)
        description = dict(draft.description)
        for language in dict.fromkeys((*draft.title, *draft.description)):
            notice = _NOTICE.get(language, _NOTICE["en"])
            said = description.get(language) or draft.summary.get(language, "")
            description[language] = f"{said}\n\n{notice}" if said else notice
        return replace(draft, description=description, example=True)

    def _weeks(self) -> int:
        today = self._city.now().astimezone(ZoneInfo(self._city.timezone)).date()
        return weeks_between(self._anchor, today)
