"""Compares what botocore made of an answer with its own model of the answer: its parser takes nearly anything."""

import datetime

TYPES = {
    "string": str,
    "character": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "float": (int, float),
    "double": (int, float),
    "timestamp": datetime.datetime,
}


def misfits(shape, value, path):
    """Sentences about values that are not of the type that the model has for them."""
    if shape is None or value is None:
        return []
    if shape.type_name == "structure":
        return [
            problem
            for name, member in value.items()
            if name in shape.members
            for problem in misfits(shape.members[name], member, f"{path}.{name}")
        ]
    if shape.type_name == "list":
        return [problem for i, member in enumerate(value) for problem in misfits(shape.member, member, f"{path}[{i}]")]
    if shape.type_name == "map":
        return [problem for key, member in value.items() for problem in misfits(shape.value, member, f"{path}.{key}")]
    wanted = TYPES.get(shape.type_name)
    if wanted is None or (isinstance(value, wanted) and (wanted is not int or not isinstance(value, bool))):
        return []
    return [f"{path} is {value!r} and no {shape.type_name}."]
