"""Examples made from the examples and limits of JSON schemas, so that they can't contradict them."""

from typing import Any

Schema = dict[str, Any]


def example_of(schema: Schema, components: dict[str, Schema]) -> Any:
    """One value that the schema allows; the first `examples` entry wherever there is one."""
    if "$ref" in schema:
        schema = components[schema["$ref"].rsplit("/", 1)[1]] | {k: v for k, v in schema.items() if k != "$ref"}
    if "examples" in schema:
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], components)
    match schema["type"]:
        case "object":
            return {name: example_of(part, components) for name, part in schema["properties"].items()}
        case "array":
            return [example_of(schema["items"], components)]
        case "boolean":
            return True
        case "integer":
            return schema.get("minimum", 1)
        case _:
            return "text"
