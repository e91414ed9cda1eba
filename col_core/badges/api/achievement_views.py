"""What can be earned, for programs: `/api/v1/achievements`."""

from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from col_core.badges.achievements.records import KeyCompetence, MicroCredentialTerms
from col_core.badges.achievements.showing import Asked, Showcase, Shown, picture_path
from col_core.base.errors import InvalidInput, NotFound
from col_core.base.settings import CityConfig
from col_core.base.strict_json import text_fault
from col_core.catalogue import addresses
from col_core.catalogue.reading import Catalogue
from col_core.web import conditional, cross_origin
from col_core.web.house import House

PARAMETERS = ("organisation", "skill", "competence", "after", "per_page")
PER_PAGE, MOST_PER_PAGE = 24, 100
_LONGEST = 500
_FRESH_S = 60


def blueprint(house: House, showcase: Showcase, catalogue: Catalogue) -> Blueprint:
    """Return the list of badges and each by itself."""
    views = Blueprint("achievements_api", __name__, url_prefix="/api/v1")
    cross_origin.allow(views)
    conditional.install(views, version=catalogue.version, clock=house.clock)
    config = house.config

    @views.get("/achievements")
    def achievements() -> Response:
        args = MultiDict(request.args)
        said = {name: _single(args, name) for name in PARAMETERS}
        _refuse_others(args)
        asked = Asked(
            competence=_competence(said["competence"]), skill=said["skill"], organisation=said["organisation"]
        )
        per_page = _per_page(said["per_page"])
        page = showcase.page(asked, after=said["after"] or "", limit=per_page)
        kept = [(name, value) for name, value in said.items() if value is not None and name != "after"]
        later = f"{config.base_url}/api/v1/achievements?{urlencode([*kept, ('after', page.after or '')])}"
        items = [item(each, config) for each in page.shown]
        return _answer({"items": items, "total": page.total, "next": later if page.after is not None else None})

    @views.get("/achievements/<id_>")
    def achievement(id_: str) -> Response:
        _refuse_others(MultiDict(request.args), known=())
        one = showcase.get(id_)
        if one is None:
            raise NotFound("There is no such badge here.")
        return _answer(item(one, config))

    return views


def item(shown: Shown, config: CityConfig) -> dict[str, Any]:
    """Return a badge with every key that the API promises."""
    achievement, organiser = shown.achievement, shown.organiser
    content = achievement.content
    return {
        "id": achievement.id,
        "url": addresses.achievement(config, achievement.id),
        "page": f"{config.base_url}/{config.default_language}/badges/{achievement.id}",
        "version": achievement.version,
        "kind": content.kind,
        "level": content.level.value,
        "name": dict(content.name),
        "description": dict(content.description),
        "criteria": dict(content.criteria),
        "abilities": {tag: list(each) for tag, each in content.abilities.items()},
        "skills": [{"uri": each.uri, "label": dict(each.label)} for each in content.skills],
        "competences": [each.value for each in content.competences],
        "tags": list(content.tags),
        "valid_months": content.valid_months,
        "organiser": {
            "id": organiser.slug,
            "name": organiser.name,
            "url": addresses.organisation(config, organiser.slug),
        }
        if organiser
        else None,
        "image": {
            "svg": f"{config.base_url}{picture_path(achievement)}",
            "png": f"{config.base_url}{picture_path(achievement, 'png')}",
            "alt": dict(content.image_alt),
        },
        "micro_credential": _terms(content.micro_credential),
        "archived": achievement.archived,
        "example": content.example,
        "updated": achievement.updated.isoformat(),
    }


def _terms(terms: MicroCredentialTerms | None) -> dict[str, Any] | None:
    if terms is None:
        return None
    return {
        "country": terms.country,
        "workload_h": terms.workload_h,
        "ects": terms.ects,
        "eqf_level": terms.eqf_level,
        **{
            name: dict(getattr(terms, name))
            for name in (
                "assessment", "participation", "quality_assurance", "prerequisites", "supervision", "grade",
                "stackability", "further_information",
            )
        },
    }  # fmt: skip


def _single(args: MultiDict[str, str], name: str) -> str | None:
    values = [each for each in args.poplist(name) if each]
    if len(values) > 1:
        raise _fault(name, "Given more than once.")
    if not values:
        return None
    held = text_fault(values[0])
    if held is not None or len(values[0]) > _LONGEST:
        raise _fault(name, f"Holds {held}." if held else f"Longer than {_LONGEST} characters.")
    return values[0]


def _refuse_others(args: MultiDict[str, str], known: tuple[str, ...] = PARAMETERS) -> None:
    unknown = sorted(set(args) - set(known))
    if unknown:
        raise _fault(unknown[0][:100], "There is no such parameter.")


def _competence(said: str | None) -> KeyCompetence | None:
    if said is None:
        return None
    try:
        return KeyCompetence(said)
    except ValueError:
        raise _fault("competence", f"Must be one of: {', '.join(KeyCompetence)}.") from None


def _per_page(said: str | None) -> int:
    if said is None:
        return PER_PAGE
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
    if not 1 <= number <= MOST_PER_PAGE:
        raise _fault("per_page", f"Must be a whole number from 1 to {MOST_PER_PAGE}.")
    return number


def _fault(name: str, reason: str) -> InvalidInput:
    return InvalidInput(f"The parameter “{name}” cannot be used: {reason}", fields={name: [reason]})


def _answer(value: dict[str, Any]) -> Response:
    return conditional.public(Response(orjson.dumps(value), mimetype="application/json"), fresh_s=_FRESH_S)
