"""A hook that asks the replacement through the test listener before production gets to it: CodeDeploy's at
AfterAllowTestTraffic, or one of ECS's own deployments at POST_TEST_TRAFFIC_SHIFT. The event tells who calls.

CodeDeploy counts the call back only, ECS what is returned; either is told whatever happens.
The settings are environment variables, see README.md.
"""

import http.client
import json
import os
import queue
import re
import socket
import ssl
import threading
import time
from urllib.parse import urljoin, urlsplit

import boto3

# Kept of Lambda's time for reporting, in seconds.
REPORT = 5
BETWEEN_TRIES = 1
# What a load balancer answers while nothing behind it does.
NOT_REACHED = (502, 503, 504)

# Stages of ECS at which the test listener leads to the replacement.
STAGES = (
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
)

code_deploy = boto3.client("codedeploy")
ecs = boto3.client("ecs")


def handler(event, context):
    deployment = deployment_of(event)
    if deployment.is_rolling_back:
        print("ECS rolls back, so the replacement is not asked. Reporting Succeeded.", flush=True)
        return deployment.report("Succeeded")
    try:
        remaining = context.get_remaining_time_in_millis() / 1000 - REPORT
        problem = within(remaining, lambda: find_problem(os.environ, deployment))
    except TimeoutError:
        problem = "The time of the function was up before the checks were done."
    except Exception as error:
        problem = f"The check itself failed: {error}"
    status = "Succeeded" if problem is None else "Failed"
    print(f"{deployment.prefix}{problem or 'The replacement passed.'} Reporting {status}.", flush=True)
    return deployment.report(status)


def deployment_of(event):
    """Raises for an event that nobody waits for an answer to: ECS rolls back for an error, and the log shows it."""
    given = event if isinstance(event, dict) else {}
    details = given.get("executionDetails")
    details = details if isinstance(details, dict) else {}
    of_code_deploy = [given.get(name) for name in ("DeploymentId", "LifecycleEventHookExecutionId")]
    of_ecs = [given.get(name) for name in ("executionId", "lifecycleStage", "resourceArn")]
    of_ecs += [details.get(name) for name in ("serviceArn", "targetServiceRevisionArn")]
    if are_texts(of_code_deploy) and not are_texts(of_ecs):
        return CodeDeployDeployment(event)
    if are_texts(of_ecs) and not are_texts(of_code_deploy):
        return EcsDeployment(event)
    members = ", ".join(given) or "no members"
    raise ValueError(
        f"This event is neither of CodeDeploy nor of ECS, so there is nobody to report to. It has {members}."
    )


def are_texts(values):
    return all(isinstance(value, str) and value != "" for value in values)


class CodeDeployDeployment:
    is_rolling_back = False
    obstacle = None

    def __init__(self, event):
        self.deployment_id = event["DeploymentId"]
        self.execution_id = event["LifecycleEventHookExecutionId"]
        # What stands before the verdict in the log.
        self.prefix = f"{self.deployment_id}: "

    def place(self):
        """What the number of {number} is the end of."""
        return f"group {self._read()['deploymentGroupName']}"

    def shipped_revision(self):
        """The family:revision that it ships, from its AppSpec, which may be YAML or JSON."""
        info = self._read()
        registered = code_deploy.get_application_revision(
            applicationName=info["applicationName"], revision=info["revision"]
        )
        return revision_in(registered.get("revision", {}).get("appSpecContent", {}).get("content", ""))

    def report(self, status):
        code_deploy.put_lifecycle_event_hook_execution_status(
            deploymentId=self.deployment_id, lifecycleEventHookExecutionId=self.execution_id, status=status
        )

    def _read(self):
        return code_deploy.get_deployment(deploymentId=self.deployment_id)["deploymentInfo"]


class EcsDeployment:
    prefix = ""

    def __init__(self, event):
        stage = event["lifecycleStage"]
        self.details = event["executionDetails"]
        print(f"{stage} of {event['resourceArn']}", flush=True)
        # The functions of these two stages are called again when their traffic goes back.
        coming = {"TEST_TRAFFIC_SHIFT": "testTrafficWeights", "PRODUCTION_TRAFFIC_SHIFT": "productionTrafficWeights"}
        weights = self.details.get(coming.get(stage)) or {}
        self.is_rolling_back = weights.get(self.details["targetServiceRevisionArn"]) == 0
        # Why the replacement cannot be asked now.
        self.obstacle = None
        if stage not in STAGES:
            self.obstacle = (
                f"At {stage} the test listener need not lead to the replacement; run this at POST_TEST_TRAFFIC_SHIFT."
            )

    def place(self):
        return f"service {self.details['serviceArn'].split('/')[-1]}"

    def shipped_revision(self):
        arns = [self.details["targetServiceRevisionArn"]]
        described = ecs.describe_service_revisions(serviceRevisionArns=arns)["serviceRevisions"]
        return revision_in(described[0]["taskDefinition"]) if described else None

    def report(self, status):
        return {"hookStatus": status.upper()}


def revision_in(text):
    found = re.search(r":task-definition/([A-Za-z0-9_-]+:[0-9]+)", text)
    return found and found[1]


def within(seconds, work):
    """What work returns, or TimeoutError: work that is late ends by itself, and nobody waits for it."""
    results = queue.SimpleQueue()

    def run():
        try:
            results.put((work(), None))
        except Exception as error:
            results.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = results.get(timeout=max(seconds, 0))
    except queue.Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return result


def settings_from(env):
    """Raises for what no check can be made with: one that asks nothing must not pass."""
    if not env.get("TEST_LISTENER_URL"):
        raise ValueError("TEST_LISTENER_URL is not set, so there is nothing to check.")
    return {
        "url": env["TEST_LISTENER_URL"],
        "headers": headers_from(env.get("REQUEST_HEADERS") or "{}"),
        "paths": words_from(env.get("CHECK_PATHS") or "/", "CHECK_PATHS"),
        "requests": int(number_from(env.get("REQUESTS") or "3", "REQUESTS", 1)),
        "expected_statuses": words_from(env.get("EXPECT_STATUS") or "200", "EXPECT_STATUS"),
        "expected_text": env.get("EXPECT_TEXT") or "",
        "revision_member": env.get("REVISION_MEMBER") or "taskDefinition",
        "must_tell_revision": bool(env.get("REVISION_MEMBER")),
        "request_seconds": number_from(env.get("REQUEST_SECONDS") or "10", "REQUEST_SECONDS", 0),
        "start_up_seconds": number_from(env.get("START_UP_SECONDS") or "60", "START_UP_SECONDS", 0),
    }


def words_from(text, name):
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if not words:
        raise ValueError(f"{name} names nothing.")
    return words


def number_from(text, name, least):
    try:
        number = float(text)
    except ValueError:
        number = None
    if number is None or not least <= number < float("inf"):
        raise ValueError(f"{name} must be a number from {least} on, not '{text}'.")
    return number


def headers_from(text):
    """Says nothing of the values: one of them may be a password."""
    try:
        headers = json.loads(text)
    except ValueError:
        headers = None
    if not isinstance(headers, dict):
        raise ValueError('REQUEST_HEADERS must be a JSON object, such as {"Host": "shop.example.org"}.')
    for name, value in headers.items():
        if not (re.fullmatch(r"[A-Za-z0-9_-]+", name) and isinstance(value, str) and re.fullmatch(r"[ -~]*", value)):
            raise ValueError(f"REQUEST_HEADERS has the header '{name}', which cannot be sent.")
    return headers


def find_problem(env, deployment):
    """What is wrong with the replacement, in one sentence; None when nothing is."""
    if deployment.obstacle is not None:
        return deployment.obstacle
    settings = settings_from(env)
    shipped = []

    def shipped_revision():
        if not shipped:
            shipped.append(deployment.shipped_revision())
        return shipped[0]

    url = address_of(settings["url"], deployment)
    started_up_by = time.monotonic() + settings["start_up_seconds"]
    for path in settings["paths"]:
        address = joined(url, path)
        for i in range(1, settings["requests"] + 1):
            problem, _ = until_started_up(lambda: ask(address, settings, shipped_revision), started_up_by)
            if problem is not None:
                return f"Request {i} of {settings['requests']}: {address} {problem}"
    return None


def joined(url, path):
    address = urlsplit(urljoin(url, path))
    if address.scheme not in ("http", "https") or not address.hostname:
        raise ValueError(f"Invalid URL {url}")
    return address._replace(path=address.path or "/", fragment="").geturl()


def address_of(url, deployment):
    """{number} is what a name ends with: one function is enough for services by number."""
    if "{number}" not in url:
        return url
    place = deployment.place()
    number = re.search(r"[0-9]+\Z", place)
    if number is None:
        raise ValueError(f"the name of the {place} ends with no number.")
    return url.replace("{number}", number[0])


def until_started_up(try_once, started_up_by):
    """Tries again while the replacement starts up and the load balancer learns of it."""
    told = None
    while True:
        problem, may_pass = try_once()
        if not may_pass or time.monotonic() + BETWEEN_TRIES > started_up_by:
            return problem, may_pass
        if problem != told:
            print(f"Trying again until that has passed: {problem}", flush=True)
        told = problem
        time.sleep(BETWEEN_TRIES)


def ask(address, settings, shipped_revision):
    """What is wrong with one answer, None when nothing is, and whether that may pass."""
    seconds = settings["request_seconds"]
    try:
        status, text = within(seconds, lambda: get(address, settings["headers"], seconds))
    except TimeoutError:
        return f"gave no answer within {seconds:g} s.", False
    except (OSError, http.client.HTTPException) as error:
        return f"could not be read: {error}.", isinstance(error, ConnectionRefusedError)
    said = f"It said: {text[:200]}"
    if str(status) not in settings["expected_statuses"]:
        expected = " or ".join(settings["expected_statuses"])
        return f"answered {status}; expected {expected}. {said}", status in NOT_REACHED
    if settings["expected_text"] not in text:
        return f"did not say '{settings['expected_text']}'. {said}", False
    told = member_of(text, settings["revision_member"])
    if told is None and settings["must_tell_revision"]:
        return f"is not JSON with the member '{settings['revision_member']}'. {said}", False
    shipped = None if told is None else shipped_revision()
    if told != shipped:
        return f"answered from {told}; this deployment ships {shipped}.", True
    print(f"{address} answered {status}{'' if told is None else f' from {told}'}: {text[:200]}", flush=True)
    return None, False


def get(address, headers, seconds):
    """A redirect is an answer; a certificate has to fit the Host, if there is one."""
    url = urlsplit(address)
    headers = {name.lower(): value for name, value in headers.items()}
    headers.setdefault("host", url.netloc)
    connection = http.client.HTTPConnection(url.hostname, timeout=seconds)
    port = url.port or (443 if url.scheme == "https" else 80)
    connection.sock = socket.create_connection((url.hostname, port), timeout=seconds)
    try:
        if url.scheme == "https":
            name = urlsplit(f"//{headers['host']}").hostname
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=name)
        connection.request("GET", url._replace(scheme="", netloc="").geturl(), headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
    finally:
        connection.close()


def member_of(text, name):
    try:
        return json.loads(text).get(name)
    except (ValueError, AttributeError):
        return None
