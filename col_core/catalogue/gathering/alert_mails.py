"""Mail to the operator of a city when one of its sources needs somebody to look, and when it works again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from col_core.base.i18n import I18n, text_in
from col_core.base.jobs import Job
from col_core.base.mail import Mail, Mailer
from col_core.base.settings import CityConfig
from col_core.catalogue.gathering.alerts import MAIL_JOB, RECOVERED, AlertKind


class AlertMails:
    """Tells the operator. Without `mailer`, or an operator's address, nothing is mailed."""

    def __init__(self, config: CityConfig, *, i18n: I18n, mailer: Mailer | None) -> None:
        self._config, self._i18n, self._mailer = config, i18n, mailer

    def jobs(self) -> list[Job]:
        return [Job(name=MAIL_JOB, run=self._mail)]

    def _mail(self, payload: Mapping[str, Any]) -> None:
        to = self._config.operator.email
        if self._mailer is not None and to is not None:
            self._mailer.send(self._composed(payload, to))

    def _composed(self, payload: Mapping[str, Any], to: str) -> Mail:
        config, language = self._config, self._config.default_language
        words = self._i18n.translator(language)
        id_, kind = str(payload["source"]), str(payload["kind"])
        since = datetime.fromisoformat(str(payload["since"])).astimezone(ZoneInfo(config.timezone))
        subjects = {
            AlertKind.BROKEN.value: words.gettext("Source is broken: %(source)s", source=self._name(id_)),
            AlertKind.SILENT.value: words.gettext("Source is silent: %(source)s", source=self._name(id_)),
            AlertKind.STILL.value: words.gettext("Source brings nothing new: %(source)s", source=self._name(id_)),
            RECOVERED: words.gettext("Source works again: %(source)s", source=self._name(id_)),
        }
        if kind == RECOVERED:
            lines = [words.gettext("What was wrong is over. Its offers are kept up to date again.")]
        else:
            lines = [
                words.gettext("Offers that are there stay as they are; they are no longer kept up to date."),
                "",
                str(payload["message"]),
                "",
                words.gettext("`col sources list` shows how every source stands."),
            ]
        return Mail(
            key=f"source-{id_}-{kind}-{since:%Y%m%d%H%M%S}",
            to=to,
            subject=f"[{config.city_name(language)}] {subjects[kind]}",
            text="\n".join(lines),
            language=language,
        )

    def _name(self, id_: str) -> str:
        names = next((each.name for each in self._config.sources if each.id == id_), {})
        return text_in(names, self._config.default_language, otherwise=id_)
