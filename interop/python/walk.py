"""Walks every operation that the simulator's contract lists, with botocore's own parsers, waiters and paginators.

Its argument is the contract. It prints one line, and ends with 1 and what was wrong when an operation fails, a value
is not of the type that botocore's model has for it, anything warns, or an operation that is listed was not walked.
"""

import logging
import sys
import warnings

import boto3
import botocore
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from contract import listed_operations
from reads import READS, WAITERS
from story import QUICK, tell
from shapes import misfits


class Walk:
    def __init__(self, listed):
        self.listed = listed
        self.walked = set()
        self.problems = []
        self.pages = 0
        self._clients = {}

    def client(self, service):
        if service not in self._clients:
            client = boto3.client(service)
            client.meta.events.register("after-call", self._look)
            self._clients[service] = client
        return self._clients[service]

    def _look(self, model, http_response, parsed, **_):
        if http_response.status_code >= 300:
            return
        service = model.service_model.service_name
        self.walked.add((service, model.name))
        answer = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
        self.problems += misfits(model.output_shape, answer, f"{service} {model.name}")

    def tasks(self, status):
        return self.client("ecs").list_tasks(cluster="demo", serviceName="web", desiredStatus=status)["taskArns"]

    def listener_arn(self):
        group = self.client("codedeploy").get_deployment_group(
            applicationName="AppECS-demo-web", deploymentGroupName="DgpECS-demo-web"
        )["deploymentGroupInfo"]
        return group["loadBalancerInfo"]["targetGroupPairInfoList"][0]["prodTrafficRoute"]["listenerArns"][0]

    def read_everything(self):
        for service, name in sorted(self.listed):
            question = READS.get(service, {}).get(name)
            if question is None:
                continue
            client, method = self.client(service), xform_name(name)
            try:
                getattr(client, method)(**question(self))
                if client.can_paginate(method):
                    self._page_through(client, service, method, question(self))
            except (BotoCoreError, ClientError) as error:
                self.problems.append(f"{service} {name}: {error}")

    def _page_through(self, client, service, method, question):
        """CodeDeploy has a page size of its own; here it is one, as the others are asked for."""
        config = {} if service == "codedeploy" else {"PageSize": 1}
        paginator = client.get_paginator(method)
        pages = list(paginator.paginate(**question, PaginationConfig=config))
        key = paginator.result_keys[0]
        sizes = [len(key.search(page) or []) for page in pages]
        if max(sizes) > 1:
            self.problems.append(f"{service} {method} came in pages of {sizes}.")
        self.pages += len(pages)

    def wait_for_everything(self):
        waited = 0
        for service, waiters in WAITERS.items():
            for name, (operation, question) in waiters.items():
                if (service, operation) not in self.listed or name not in self.client(service).waiter_names:
                    continue
                self.client(service).get_waiter(name).wait(**question(self), WaiterConfig=QUICK)
                waited += 1
        return waited


class Complaints(logging.Handler):
    def __init__(self, walk):
        super().__init__(logging.WARNING)
        self._walk = walk

    def emit(self, record):
        self._walk.problems.append(record.getMessage())


def main(contract):
    warnings.simplefilter("error")
    # These are about the Python that runs this, not about an answer.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message="Boto3 will no longer support Python")
    walk = Walk(listed_operations(contract))
    logging.getLogger().addHandler(Complaints(walk))
    tell(walk)
    walk.read_everything()
    waited = walk.wait_for_everything()
    for service, name in sorted(walk.listed - walk.walked):
        walk.problems.append(f"{service} {name} is listed and was not walked.")
    for problem in walk.problems:
        print(problem, file=sys.stderr)
    print(
        f"{len(walk.listed & walk.walked)} of {len(walk.listed)} operations, {walk.pages} pages, {waited} waiters, "
        f"botocore {botocore.__version__}"
    )
    return 1 if walk.problems else 0


sys.exit(main(sys.argv[1]))
