"""The operations that change something, in an order that makes sense, and what must be refused on the way."""

import hashlib
import json
import os
import time

from botocore.exceptions import ClientError, WaiterError

CONTAINER = {
    "name": "web",
    "image": "registry.example/web:2.0.0",
    "essential": True,
    "portMappings": [{"containerPort": 8080}],
}
DEFINITION = {
    "family": "web",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
    "containerDefinitions": [CONTAINER],
}
QUICK = {"Delay": 1, "MaxAttempts": 60}


def tell(w):
    """A release that succeeds, one that a hook and a person let go on, one that is stopped, one that is refused."""
    ecs, codedeploy = w.client("ecs"), w.client("codedeploy")
    registered = ecs.register_task_definition(**DEFINITION)["taskDefinition"]
    w.task_definition_arn = registered["taskDefinitionArn"]
    surplus = ecs.register_task_definition(**DEFINITION)["taskDefinition"]["taskDefinitionArn"]
    ecs.deregister_task_definition(taskDefinition=surplus)
    w.revision = revision(w.task_definition_arn, {})
    codedeploy.register_application_revision(applicationName="AppECS-demo-web", revision=w.revision)

    w.deployment = create(codedeploy, "web", w.revision)
    refused(w, "DeploymentLimitExceededException", lambda: create(codedeploy, "web", w.revision))
    waiter = codedeploy.get_waiter("deployment_successful")
    waiter.wait(deploymentId=w.deployment, WaiterConfig=QUICK)

    hooked = create(codedeploy, "api", revision(w.task_definition_arn, {"AfterAllowTestTraffic": "CodeDeployHook_validate"}))
    answer_hook(codedeploy)
    until(lambda: status(codedeploy, hooked) == "Ready")
    codedeploy.continue_deployment(deploymentId=hooked, deploymentWaitType="READY_WAIT")
    waiter.wait(deploymentId=hooked, WaiterConfig=QUICK)

    w.stopped = create(codedeploy, "api", w.revision)
    until(lambda: status(codedeploy, w.stopped) == "Ready")
    codedeploy.stop_deployment(deploymentId=w.stopped, autoRollbackEnabled=True)
    try:
        waiter.wait(deploymentId=w.stopped, WaiterConfig=QUICK)
        w.problems.append("The waiter took a stopped deployment for a successful one.")
    except WaiterError:
        pass
    until(lambda: "rollbackInfo" in codedeploy.get_deployment(deploymentId=w.stopped)["deploymentInfo"])

    deploy_by_ecs(w, ecs)
    run_by_itself(w, ecs)
    ecs.update_service(cluster="demo", service="web", desiredCount=3)
    refused(w, "DeploymentDoesNotExistException", lambda: codedeploy.get_deployment(deploymentId="d-NONE00000"))
    refused(w, "ClusterNotFoundException", lambda: ecs.list_tasks(cluster="none"))


def deploy_by_ecs(w, ecs):
    """ECS deploys a service itself: it pauses, is continued, and is stopped while both versions run."""
    ecs.update_service(cluster="demo", service="cart", taskDefinition=w.task_definition_arn)
    number = primary(ecs)["id"].split("/")[1]
    found = []

    def is_listed():
        listed = ecs.list_service_deployments(cluster="demo", service="cart")["serviceDeployments"]
        found[:] = [one for one in listed if one["targetServiceRevisionArn"].endswith(f"/{number}")]
        return found

    until(is_listed)
    w.service_deployment = found[0]["serviceDeploymentArn"]
    w.service_revision = found[0]["targetServiceRevisionArn"]

    def described():
        return ecs.describe_service_deployments(serviceDeploymentArns=[w.service_deployment])["serviceDeployments"][0]

    def hooks():
        return [hook for hook in described().get("lifecycleHookDetails", []) if hook["status"] == "AWAITING_ACTION"]

    until(hooks)
    arn = w.service_deployment
    none = lambda: ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId="ecs-pause-none")
    refused(w, "InvalidParameterException", none)
    ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId=hooks()[0]["hookId"], action="CONTINUE")
    until(lambda: described().get("lifecycleStage") == "BAKE_TIME")
    ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")
    until(lambda: described()["status"] == "ROLLBACK_SUCCESSFUL")
    refused(w, "ConflictException", lambda: ecs.stop_service_deployment(serviceDeploymentArn=arn))


def run_by_itself(w, ecs):
    """A task that no service starts: once for each token, and stopped before it ends."""
    network = {"awsvpcConfiguration": {"subnets": ["subnet-0a1"]}}
    request = {"cluster": "demo", "taskDefinition": w.task_definition_arn, "networkConfiguration": network}
    arn = ecs.run_task(**request, clientToken="walk")["tasks"][0]["taskArn"]
    if ecs.run_task(**request, clientToken="walk")["tasks"][0]["taskArn"] != arn:
        w.problems.append("RunTask with the token of a task started another one.")
    refused(w, "ConflictException", lambda: ecs.run_task(**request, startedBy="walk", clientToken="walk"))
    refused(w, "InvalidParameterException", lambda: ecs.run_task(taskDefinition=w.task_definition_arn))
    ecs.stop_task(cluster="demo", task=arn, reason="not needed")
    ecs.get_waiter("tasks_stopped").wait(cluster="demo", tasks=[arn], WaiterConfig=QUICK)


def primary(ecs):
    service = ecs.describe_services(cluster="demo", services=["cart"])["services"][0]
    return next(one for one in service["deployments"] if one["status"] == "PRIMARY")


def create(codedeploy, service, content):
    return codedeploy.create_deployment(
        applicationName=f"AppECS-demo-{service}", deploymentGroupName=f"DgpECS-demo-{service}", revision=content
    )["deploymentId"]


def revision(task_definition_arn, hooks):
    properties = {
        "TaskDefinition": task_definition_arn,
        "LoadBalancerInfo": {"ContainerName": "web", "ContainerPort": 8080},
    }
    content = {
        "version": "0.0",
        "Resources": [{"TargetService": {"Type": "AWS::ECS::Service", "Properties": properties}}],
        "Hooks": [{event: function} for event, function in hooks.items()],
    }
    text = json.dumps(content)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return {"revisionType": "AppSpecContent", "appSpecContent": {"content": text, "sha256": sha256}}


def answer_hook(codedeploy):
    """What the hook function would do: the simulator has run it, and it left its event in a file."""
    file = os.environ["INTEROP_HOOK_EVENT"]
    until(lambda: os.path.exists(file))
    with open(file, encoding="utf-8") as opened:
        event = json.load(opened)
    codedeploy.put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="Succeeded",
    )


def status(codedeploy, deployment):
    return codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]["status"]


def until(holds):
    for _ in range(600):
        if holds():
            return
        time.sleep(0.1)
    raise SystemExit("Something that was to happen did not happen within a minute.")


def refused(w, code, call):
    """The refusal has to be the exception class that botocore makes of the service's model."""
    try:
        call()
        w.problems.append(f"{code} was not raised.")
    except ClientError as error:
        if type(error).__name__ != code or not error.response["Error"]["Message"]:
            w.problems.append(f"Instead of {code}: {type(error).__name__}, {error}.")
