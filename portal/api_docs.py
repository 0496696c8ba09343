"""The description of the API as a page of the house: no script, no foreign host."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

Schema = dict[str, Any]


class PlainDocs(DocsBase):
    """Draws the OpenAPI description with the house's own template."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: object) -> HttpResponse:
        schema = api.get_openapi_schema(path_params=kwargs)
        context = {
            "api": schema["info"],
            "operations": operations_of(schema),
            "schema_url": self.get_openapi_url(api, kwargs),
        }
        return render(request, "api/docs.html", context)


def operations_of(schema: Schema) -> list[dict[str, Any]]:
    """Every operation in the order of the description: method, path, words, what it takes and
    gives."""
    components = schema.get("components", {}).get("schemas", {})
    return [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "paragraphs": paragraphs(operation.get("description", "")),
            "id": operation.get("operationId", ""),
            "needs_sign_in": bool(operation.get("security")),
            "parameters": [parameter_row(one) for one in operation.get("parameters", [])],
            "takes": fields_of(body_schema(operation.get("requestBody", {})), components),
            "gives": answer_fields(operation, components),
        }
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def paragraphs(description: str) -> list[str]:
    """A docstring's paragraphs, each on one line and without its marks for code."""
    return [" ".join(one.replace("`", "").split()) for one in description.split("\n\n") if one]


def parameter_row(parameter: Schema) -> dict[str, Any]:
    """A parameter of an address."""
    return {
        "name": parameter["name"],
        "kind": kind_of(parameter.get("schema", {})),
        "is_needed": parameter.get("required", False),
        "words": parameter.get("description", ""),
    }


def body_schema(content: Schema) -> Schema:
    """The schema of a JSON body."""
    return content.get("content", {}).get("application/json", {}).get("schema", {})


def answer_fields(operation: Schema, components: Schema) -> list[dict[str, Any]]:
    """The fields of the usual answer."""
    answer: Schema = next(iter(operation.get("responses", {}).values()), {})
    return fields_of(body_schema(answer), components)


def fields_of(schema: Schema, components: Schema, before: str = "") -> list[dict[str, Any]]:
    """The fields of an object, those of the objects in its lists after them, as dotted names."""
    components = components | schema.get("$defs", {})
    schema = resolved(schema, components)
    rows = []
    for name, field in schema.get("properties", {}).items():
        whole = resolved(field, components)
        rows.append(
            {
                "name": before + name,
                "kind": kind_of(whole),
                "is_needed": name in schema.get("required", []),
                "words": field.get("description", ""),
            }
        )
        inner = whole.get("items", {})
        if inner:
            rows += fields_of(resolved(inner, components), components, f"{before}{name}[].")
    return rows


def resolved(schema: Schema, components: Schema) -> Schema:
    """A schema with its reference followed."""
    reference = schema.get("$ref", "")
    return components.get(reference.rpartition("/")[2], {}) if reference else schema


def kind_of(schema: Schema) -> str:
    """A schema's type in a few words: `date`, `number or null`, `one of a, b`."""
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind_of(one) for one in schema["anyOf"]))
    if schema.get("type") == "array":
        return "list"
    return schema.get("format") or schema.get("type", "object")
