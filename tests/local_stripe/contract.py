"""What Stripe's published description allows a call to carry and an answer to hold."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "openapi" / "stripe.json"
# Since the version of the cut, links no longer name configurations (stripe 16.1).
LINKS = "/v2/core/account_links"
PYTHON = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


@cache
def description() -> dict[str, Any]:
    """The kept cut with the overlay of what moved since."""
    found = json.loads(FILE.read_text())
    cases = [found["paths"][LINKS]["post"]["body"], found["schemas"]["v2.core.account_link"]]
    for schema in cases:
        for use in schema["properties"]["use_case"]["properties"].values():
            if "configurations" in use.get("properties", {}):
                del use["properties"]["configurations"]
                use["required"].remove("configurations")
    return found


@cache
def patterns() -> list[tuple[re.Pattern[str], str]]:
    """Each path as a pattern; fixed words go before names in braces."""
    found = sorted(description()["paths"], key=lambda path: (path.count("{"), path))
    return [(re.compile(re.sub(r"\{\w+\}", r"([^/]+)", path) + "$"), path) for path in found]


def call_at(method: str, address: str) -> tuple[str, dict[str, Any], list[str]] | None:
    """The path's name, what its call takes and answers, and the ids in the address."""
    for pattern, path in patterns():
        if match := pattern.match(address):
            call = description()["paths"][path].get(method.lower())
            return (path, call, list(match.groups())) if call else None
    return None


def typed(schema: dict[str, Any], value: Any) -> Any:
    """A value of a form in the type its schema asks for: everything in a form is text."""
    schema = resolved(schema)
    for choice in schema.get("anyOf", []):
        if not wrong(choice, typed(choice, value)):
            return typed(choice, value)
    kind = schema.get("type")
    if isinstance(value, dict) and kind == "array":
        value = [value[key] for key in sorted(value, key=int)]
    if isinstance(value, list):
        return [typed(schema.get("items", {}), one) for one in value]
    if isinstance(value, dict):
        extra = schema.get("additionalProperties") or {}
        known = schema.get("properties", {})
        return {key: typed(known.get(key, extra), one) for key, one in value.items()}
    if kind == "integer" and re.fullmatch(r"-?\d+", str(value)):
        return int(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def resolved(schema: Any) -> dict[str, Any]:
    """A schema behind its name."""
    if not isinstance(schema, dict):
        return {}
    return description()["schemas"][schema["$ref"]] if "$ref" in schema else schema


def wrong(schema: Any, value: Any, where: str = "") -> list[str]:
    """Everything in which a value is not what its schema says, each as place and sentence."""
    schema = resolved(schema)
    if value is None and schema.get("nullable"):
        return []
    if choices := schema.get("anyOf"):
        tries = [wrong(choice, value, where) for choice in choices]
        return min(tries, key=len)
    kind = schema.get("type")
    if kind and not is_a(kind, value):
        return [f"{where}: not a {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where}: {value!r} is none of its words"]
    if isinstance(value, list):
        items = schema.get("items", {})
        return [no for n, one in enumerate(value) for no in wrong(items, one, f"{where}[{n}]")]
    if isinstance(value, dict):
        return wrong_keys(schema, value, where)
    if isinstance(value, str) and len(value) > schema.get("maxLength", 10**9):
        return [f"{where}: too long"]
    return []


def is_a(kind: str, value: Any) -> bool:
    """Whether a value is of a type of JSON; true is no number."""
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, PYTHON[kind])


def wrong_keys(schema: dict[str, Any], value: dict[str, Any], where: str) -> list[str]:
    """Missing and unknown keys of an object, and what is wrong below it."""
    known, extra = schema.get("properties", {}), schema.get("additionalProperties")
    found = [f"{where}.{key}: missing" for key in schema.get("required", []) if key not in value]
    for key, one in value.items():
        if key in known:
            found += wrong(known[key], one, f"{where}.{key}")
        elif isinstance(extra, dict):
            found += wrong(extra, one, f"{where}.{key}")
        elif known:
            found.append(f"{where}.{key}: unknown")
    return found
