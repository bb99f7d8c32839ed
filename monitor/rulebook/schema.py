"""The JSON Schema of rule files, made of the very tables of keys that the loader goes by, for editors."""

from monitor.rulebook.keys import ANY_ALL_NONE, EXAMPLE, FILE, QUERY, TEXT, TEXT_TYPES, table


def schema() -> dict[str, object]:
    """Return the schema, of draft 7: what the editors' YAML server knows best.

    A query is one schema of several types rather than a choice of schemas, so that a misspelt key is named as such.
    """
    query = {**table(ANY_ALL_NONE), **TEXT, "type": [*TEXT_TYPES, "array", "object"], "items": QUERY, "minItems": 1}
    example = {**table(EXAMPLE), **TEXT, "type": [*TEXT_TYPES, "object"]}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "description": "A file of rules. docs/rules.md explains everything.",
        **table(FILE),
        "definitions": {"query": query, "example": example},
    }
