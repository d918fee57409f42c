"""A hook for AfterAllowTestTraffic: asks the replacement through the test listener before production gets to it.

CodeDeploy counts the call back only and waits up to an hour for it, so this calls back whatever happens.
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

# Kept of Lambda's time for the call back, in seconds.
CALL_BACK = 5
BETWEEN_TRIES = 1
# What a load balancer answers while nothing behind it does.
NOT_REACHED = (502, 503, 504)

code_deploy = boto3.client("codedeploy")


def handler(event, context):
    deployment_id = event["DeploymentId"]
    try:
        remaining = context.get_remaining_time_in_millis() / 1000 - CALL_BACK
        problem = within(remaining, lambda: find_problem(os.environ, deployment_id))
    except TimeoutError:
        problem = "The time of the function was up before the checks were done."
    except Exception as error:
        problem = f"The check itself failed: {error}"
    status = "Succeeded" if problem is None else "Failed"
    print(f"{deployment_id}: {problem or 'The replacement passed.'} Reporting {status}.", flush=True)
    code_deploy.put_lifecycle_event_hook_execution_status(
        deploymentId=deployment_id,
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status=status,
    )


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


def find_problem(env, deployment_id):
    """What is wrong with the replacement, in one sentence; None when nothing is."""
    settings = settings_from(env)
    shipped = []

    def shipped_revision():
        if not shipped:
            shipped.append(revision_of(deployment_id))
        return shipped[0]

    url = address_of(settings["url"], deployment_id)
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


def address_of(url, deployment_id):
    """{number} is what the deployment group's name ends with: one function is enough for services by number."""
    if "{number}" not in url:
        return url
    group = code_deploy.get_deployment(deploymentId=deployment_id)["deploymentInfo"]["deploymentGroupName"]
    number = re.search(r"[0-9]+\Z", group)
    if number is None:
        raise ValueError(f"the name of the group {group} ends with no number.")
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


def revision_of(deployment_id):
    """The family:revision that the deployment ships, from its AppSpec, which may be YAML or JSON."""
    info = code_deploy.get_deployment(deploymentId=deployment_id)["deploymentInfo"]
    registered = code_deploy.get_application_revision(
        applicationName=info["applicationName"], revision=info["revision"]
    )
    app_spec = registered.get("revision", {}).get("appSpecContent", {}).get("content", "")
    found = re.search(r":task-definition/([A-Za-z0-9_-]+:[0-9]+)", app_spec)
    return found and found[1]


def member_of(text, name):
    try:
        return json.loads(text).get(name)
    except (ValueError, AttributeError):
        return None
