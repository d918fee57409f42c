"""What each reading operation is asked, once the story is over. `w` is the walk: what happened before."""

WEB = {"applicationName": "AppECS-demo-web", "deploymentGroupName": "DgpECS-demo-web"}
REVISION = {"applicationName": "AppECS-demo-web"}


def target_group_arn(w):
    service = w.client("ecs").describe_services(cluster="demo", services=["web"])["services"][0]
    return service["loadBalancers"][0]["targetGroupArn"]


def load_balancer_arn(w):
    return w.client("elbv2").describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]


def service_arn(w):
    return w.client("ecs").describe_services(cluster="demo", services=["web"])["services"][0]["serviceArn"]


def group_arn(w):
    region, account = w.task_definition_arn.split(":")[3:5]
    return f"arn:aws:codedeploy:{region}:{account}:deploymentgroup:AppECS-demo-web/DgpECS-demo-web"


READS = {
    "codedeploy": {
        "BatchGetApplicationRevisions": lambda w: {**REVISION, "revisions": [w.revision]},
        "BatchGetApplications": lambda w: {"applicationNames": ["AppECS-demo-web", "AppECS-demo-api"]},
        "BatchGetDeploymentGroups": lambda w: {
            "applicationName": "AppECS-demo-web",
            "deploymentGroupNames": ["DgpECS-demo-web"],
        },
        "BatchGetDeploymentTargets": lambda w: {"deploymentId": w.deployment, "targetIds": ["demo:web"]},
        "BatchGetDeployments": lambda w: {"deploymentIds": [w.deployment, w.stopped]},
        "GetApplication": lambda w: {"applicationName": "AppECS-demo-web"},
        "GetApplicationRevision": lambda w: {**REVISION, "revision": w.revision},
        "GetDeployment": lambda w: {"deploymentId": w.deployment},
        "GetDeploymentConfig": lambda w: {"deploymentConfigName": "CodeDeployDefault.ECSLinear10PercentEvery1Minutes"},
        "GetDeploymentGroup": lambda w: WEB,
        "GetDeploymentTarget": lambda w: {"deploymentId": w.deployment, "targetId": "demo:web"},
        "ListApplicationRevisions": lambda w: REVISION,
        "ListApplications": lambda w: {},
        "ListDeploymentConfigs": lambda w: {},
        "ListDeploymentGroups": lambda w: {"applicationName": "AppECS-demo-web"},
        "ListDeploymentTargets": lambda w: {"deploymentId": w.deployment},
        "ListDeployments": lambda w: {},
        "ListTagsForResource": lambda w: {"ResourceArn": group_arn(w)},
    },
    "ecs": {
        "DescribeClusters": lambda w: {"clusters": ["demo"]},
        "DescribeServiceDeployments": lambda w: {"serviceDeploymentArns": [w.service_deployment]},
        "DescribeServiceRevisions": lambda w: {"serviceRevisionArns": [w.service_revision]},
        "DescribeServices": lambda w: {"cluster": "demo", "services": ["web", "native", "cart"], "include": ["TAGS"]},
        "DescribeTaskDefinition": lambda w: {"taskDefinition": "web:1", "include": ["TAGS"]},
        "DescribeTaskSets": lambda w: {"cluster": "demo", "service": "web"},
        "DescribeTasks": lambda w: {"cluster": "demo", "tasks": w.tasks("RUNNING") + w.tasks("STOPPED")},
        "ListClusters": lambda w: {},
        "ListServiceDeployments": lambda w: {"cluster": "demo", "service": "cart"},
        "ListServices": lambda w: {"cluster": "demo"},
        "ListTagsForResource": lambda w: {"resourceArn": service_arn(w)},
        "ListTaskDefinitionFamilies": lambda w: {},
        "ListTaskDefinitions": lambda w: {"familyPrefix": "web"},
        "ListTasks": lambda w: {"cluster": "demo"},
    },
    "sts": {
        "AssumeRoleWithWebIdentity": lambda w: {
            "RoleArn": "arn:aws:iam::123456789012:role/deploy",
            "RoleSessionName": "walk",
            "WebIdentityToken": "a.b.c",
        },
        "GetCallerIdentity": lambda w: {},
    },
    "logs": {
        "FilterLogEvents": lambda w: {"logGroupName": "/aws/lambda/CodeDeployHook_validate"},
    },
    "lambda": {
        "GetFunction": lambda w: {"FunctionName": "CodeDeployHook_validate"},
        "GetFunctionConfiguration": lambda w: {"FunctionName": "CodeDeployHook_validate"},
        "ListFunctions": lambda w: {},
    },
    "elbv2": {
        "DescribeListeners": lambda w: {"LoadBalancerArn": load_balancer_arn(w)},
        "DescribeLoadBalancers": lambda w: {},
        "DescribeRules": lambda w: {"ListenerArn": w.listener_arn()},
        "DescribeTargetGroups": lambda w: {},
        "DescribeTargetHealth": lambda w: {"TargetGroupArn": target_group_arn(w)},
    },
}

WAITERS = {
    "codedeploy": {"deployment_successful": ("GetDeployment", lambda w: {"deploymentId": w.deployment})},
    "ecs": {
        # Services under CodeDeploy never get stable for this waiter: it wants exactly one native deployment.
        "services_stable": ("DescribeServices", lambda w: {"cluster": "demo", "services": ["native"]}),
        "services_inactive": ("DescribeServices", lambda w: {"cluster": "demo", "services": ["gone"]}),
        "tasks_running": ("DescribeTasks", lambda w: {"cluster": "demo", "tasks": w.tasks("RUNNING")}),
        "tasks_stopped": ("DescribeTasks", lambda w: {"cluster": "demo", "tasks": w.tasks("STOPPED")}),
    },
    "lambda": {
        "function_active": (
            "GetFunctionConfiguration",
            lambda w: {"FunctionName": "CodeDeployHook_validate"},
        ),
        "function_updated": (
            "GetFunctionConfiguration",
            lambda w: {"FunctionName": "CodeDeployHook_validate"},
        ),
    },
    "elbv2": {
        "load_balancer_exists": ("DescribeLoadBalancers", lambda w: {"LoadBalancerArns": [load_balancer_arn(w)]}),
        "load_balancer_available": ("DescribeLoadBalancers", lambda w: {"LoadBalancerArns": [load_balancer_arn(w)]}),
    },
}
