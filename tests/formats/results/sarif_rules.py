"""What SARIF 2.1.0 asks of the objects that our log holds, as a JSON schema.

Written after chapter 3 of the OASIS standard: for each kind of object its properties with their
types, which of them are required, and that there are no others.
"""

from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_FROM_ONE: Schema = {"type": "integer", "minimum": 1}
_INDEX: Schema = {"type": "integer", "minimum": -1}
_FLAG: Schema = {"type": "boolean"}
_BAG: Schema = {"type": "object"}
_URI: Schema = {"type": "string", "pattern": r"^[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]*$"}
_LEVEL: Schema = {"enum": ["none", "note", "warning", "error"]}
_LANGUAGE: Schema = {"type": "string", "pattern": "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$"}


def _object(required: str = "", **properties: Schema) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": {**properties, "properties": _BAG},
    }


def _list(item: Schema, *, least: int = 0, is_unique: bool = False) -> Schema:
    return {"type": "array", "items": item, "minItems": least, "uniqueItems": is_unique}


def _map(item: Schema) -> Schema:
    return {"type": "object", "additionalProperties": item}


_MESSAGE: Schema = {
    **_object(text=_TEXT, markdown=_TEXT, id=_TEXT, arguments=_list(_TEXT)),
    "anyOf": [{"required": ["text"]}, {"required": ["id"]}],
}
_LONG_MESSAGE = _object("text", text=_TEXT, markdown=_TEXT)
_CONTENT = _object(text=_TEXT, binary=_TEXT, rendered=_LONG_MESSAGE)
_ARTIFACT_LOCATION = _object(uri=_URI, uriBaseId=_TEXT, index=_INDEX, description=_MESSAGE)
_REGION = _object(
    startLine=_FROM_ONE,
    startColumn=_FROM_ONE,
    endLine=_FROM_ONE,
    endColumn=_FROM_ONE,
    charOffset={"type": "integer", "minimum": -1},
    charLength=_WHOLE,
    byteOffset={"type": "integer", "minimum": -1},
    byteLength=_WHOLE,
    snippet=_CONTENT,
    message=_MESSAGE,
    sourceLanguage=_TEXT,
)
_PHYSICAL: Schema = {
    **_object(artifactLocation=_ARTIFACT_LOCATION, region=_REGION, contextRegion=_REGION),
    "anyOf": [{"required": ["address"]}, {"required": ["artifactLocation"]}],
}
_LOCATION = _object(
    id={"type": "integer", "minimum": -1},
    physicalLocation=_PHYSICAL,
    message=_MESSAGE,
    annotations=_list(_REGION, is_unique=True),
)
_RULE = _object(
    "id",
    id=_TEXT,
    guid=_TEXT,
    name=_TEXT,
    deprecatedIds=_list(_TEXT, is_unique=True),
    shortDescription=_LONG_MESSAGE,
    fullDescription=_LONG_MESSAGE,
    messageStrings=_map(_LONG_MESSAGE),
    defaultConfiguration=_object(
        enabled=_FLAG,
        level=_LEVEL,
        rank={"type": "number", "minimum": -1, "maximum": 100},
        parameters=_BAG,
    ),
    helpUri=_URI,
    help=_LONG_MESSAGE,
)
_COMPONENT = _object(
    "name",
    name=_TEXT,
    fullName=_TEXT,
    version=_TEXT,
    semanticVersion=_TEXT,
    organization=_TEXT,
    informationUri=_URI,
    language=_LANGUAGE,
    rules=_list(_RULE, is_unique=True),
    shortDescription=_LONG_MESSAGE,
    fullDescription=_LONG_MESSAGE,
)
_REPLACEMENT = _object("deletedRegion", deletedRegion=_REGION, insertedContent=_CONTENT)
_CHANGE = _object(
    "artifactLocation replacements",
    artifactLocation=_ARTIFACT_LOCATION,
    replacements=_list(_REPLACEMENT, least=1),
)
_FIX = _object(
    "artifactChanges",
    description=_MESSAGE,
    artifactChanges=_list(_CHANGE, least=1, is_unique=True),
)
_SUPPRESSION = _object(
    "kind",
    guid=_TEXT,
    kind={"enum": ["inSource", "external"]},
    status={"enum": ["accepted", "underReview", "rejected"]},
    justification=_TEXT,
    location=_LOCATION,
)
_RESULT = _object(
    "message",
    ruleId=_TEXT,
    ruleIndex=_INDEX,
    kind={"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
    level=_LEVEL,
    message=_MESSAGE,
    analysisTarget=_ARTIFACT_LOCATION,
    locations=_list(_LOCATION),
    relatedLocations=_list(_LOCATION, is_unique=True),
    guid=_TEXT,
    fingerprints=_map(_TEXT),
    partialFingerprints=_map(_TEXT),
    baselineState={"enum": ["new", "unchanged", "updated", "absent"]},
    suppressions=_list(_SUPPRESSION, is_unique=True),
    fixes=_list(_FIX, is_unique=True),
    rank={"type": "number", "minimum": -1, "maximum": 100},
    occurrenceCount=_FROM_ONE,
)
_ARTIFACT = _object(
    location=_ARTIFACT_LOCATION,
    description=_MESSAGE,
    parentIndex=_INDEX,
    length={"type": "integer", "minimum": -1},
    roles=_list(_TEXT, is_unique=True),
    mimeType=_TEXT,
    contents=_CONTENT,
    encoding=_TEXT,
    sourceLanguage=_TEXT,
    hashes=_map(_TEXT),
)
_INVOCATION = _object(
    "executionSuccessful",
    executionSuccessful=_FLAG,
    commandLine=_TEXT,
    startTimeUtc=_TEXT,
    endTimeUtc=_TEXT,
    exitCode={"type": "integer"},
    exitCodeDescription=_TEXT,
)
_RUN = _object(
    "tool",
    tool=_object("driver", driver=_COMPONENT, extensions=_list(_COMPONENT, is_unique=True)),
    invocations=_list(_INVOCATION),
    language=_LANGUAGE,
    artifacts=_list(_ARTIFACT, is_unique=True),
    results=_list(_RESULT),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    defaultEncoding=_TEXT,
    redactionTokens=_list(_TEXT, is_unique=True),
)
LOG: Schema = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"enum": ["2.1.0"]},
        "runs": _list(_RUN),
        "properties": _BAG,
    },
}
