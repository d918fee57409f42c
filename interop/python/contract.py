"""The operations that the simulator's contract lists, as botocore names them."""

import re

# The first column of the table, and what botocore calls the service.
SERVICES = {
    "CodeDeploy": "codedeploy",
    "ECS": "ecs",
    "STS": "sts",
    "CloudWatch Logs": "logs",
    "Logs": "logs",
    "Lambda": "lambda",
    "Elastic Load Balancing v2": "elbv2",
    "Elastic Load Balancing": "elbv2",
    "ELBv2": "elbv2",
}


def listed_operations(path):
    """A set of (service, operation). Raises when the contract has a service that is not known here."""
    with open(path, encoding="utf-8") as file:
        section = re.search(r"^## Operations\n(.*?)^## ", file.read(), re.DOTALL | re.MULTILINE)
    listed = set()
    for label, names in re.findall(r"^\| ([^|]+?) \| (.+) \|$", section.group(1) if section else "", re.MULTILINE):
        if label in ("Service", "---"):
            continue
        if label not in SERVICES:
            raise SystemExit(f"The contract lists operations of '{label}', which this walk does not know.")
        listed |= {(SERVICES[label], name) for name in re.findall(r"\b[A-Z][a-z]+[A-Z]\w+", names)}
    if not listed:
        raise SystemExit("The contract lists no operations where this walk looks for them.")
    return listed
