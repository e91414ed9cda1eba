"""What a schema found wrong in a TOML file, as a sentence for the person who wrote it."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields

from col_core.base.config_words import at, detail, shown
from col_core.base.toml_lines import Path


def sentence(schema: Schema, path: Path, said: Sequence[str], *, data: Mapping[str, Any], where: str) -> str:
    """Return what is wrong at `path` of `data`: what was found, why it cannot be, what is expected.

    `said` is what `schema` says of it, `where` names the file, the line and the key. What is expected stands in the
    metadata of each field (`settings_fields.about`).
    """
    field = _field(schema, path)
    if "Unknown field." in said:
        owner = _field(schema, path[:-1]) if len(path) > 1 else None
        known_by = owner.schema if isinstance(owner, fields.Nested) else schema
        known = ", ".join(name for name in known_by.fields if name not in ("settings", "options"))
        return f"{where} is not a setting; known here are: {known}."
    expected = field.metadata.get("expected", "") if field is not None else ""
    found = at(data, path)
    if found is None:
        return f"{where} is missing; expected {expected}."
    if isinstance(field, fields.Dict) and field.name != path[-1]:
        choices = getattr(field.key_field.validate, "choices", None) if field.key_field is not None else None
        if choices is not None and path[-1] not in choices:
            return f"{where} is not a setting; known here are: {', '.join(choices)}."
        expected = field.value_field.metadata.get("expected", expected) if field.value_field is not None else expected
    return f"{where}: found {shown(found)}{detail(said[0])}; expected {expected}."


def _field(schema: Schema, path: Path) -> fields.Field[Any] | None:
    current: fields.Field[Any] | None = None
    for part in path:
        if isinstance(part, int) or schema is None:
            continue
        if part not in schema.fields:
            break
        current = schema.fields[part]
        inner = current.inner if isinstance(current, fields.List) else current
        if isinstance(inner, fields.Nested):
            schema = inner.schema if isinstance(inner.schema, Schema) else inner.schema()
            current = inner if not isinstance(current, fields.List) else current
    return current
