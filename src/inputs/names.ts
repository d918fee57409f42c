/** Every input that action.yml declares, in its order. A test compares the two. */
export const INPUT_NAMES = [
  'operation',
  'cluster',
  'service',
  'codedeploy-application',
  'codedeploy-deployment-group',
  'deployment-id',
  'image',
  'expect-image',
  'task-definition',
  'container-name',
  'container-port',
  'environment-variables',
  'secrets',
  'cpu',
  'memory',
  'codedeploy-appspec',
  'before-install-hook',
  'after-install-hook',
  'after-allow-test-traffic-hook',
  'before-allow-traffic-hook',
  'after-allow-traffic-hook',
  'codedeploy-deployment-config',
  'codedeploy-deployment-description',
  'rollback-on',
  'alarms',
  'redeploy',
  'on-active-deployment',
  'if-unchanged',
  'allow-older',
  'auto-promote',
  'keep-strategy',
  'only-at-ready',
  'wait-for',
  'wait-for-minutes',
  'on-timeout',
  'on-cancel',
  'fail-fast',
  'hook-logs',
  'github-token',
  'pull-request-comment',
  'github-environment',
  'test-url',
  'preview-services',
  'preview-hours',
  'on-no-lane',
  'aws-region',
  'role-to-assume',
  'audience',
  'expected-account-id',
  'max-retries',
  'wait-for-service-stability',
  'job-status',
] as const

export type InputName = (typeof INPUT_NAMES)[number]

/** Input values as the runner hands them over; an empty string means "not given". */
export type RawInputs = Readonly<Record<InputName, string>>

const RUN_NO_TASK = 'this action releases a service and runs no single tasks; run the task in a step of its own'

/**
 * Inputs of `aws-actions/amazon-ecs-deploy-task-definition` that cannot apply to a release through CodeDeploy, each
 * with what to do instead. They are not declared, so the runner only warns about them and passes them on.
 * Source: action.yml of that action, version 2; ECS API Reference, UpdateService, for what CODE_DEPLOY services take.
 */
export const INAPPLICABLE_INPUTS: Readonly<Record<string, string>> = {
  'desired-count': 'a blue/green release keeps the desired count of the service; change it with UpdateService',
  'force-new-deployment': 'every release here is a new deployment; remove it',
  'enable-ecs-managed-tags': 'CodeDeploy keeps the setting of the service; remove it',
  'propagate-tags': 'CodeDeploy keeps the setting of the service; remove it',
  'keep-null-value-keys': 'null members are always left out and empty environment values always kept; remove it',
  'wait-max-delay-seconds': 'how often to look follows from what the deployment is waiting for; remove it',
  'service-managed-ebs-volume': 'CodeDeploy task sets cannot take volumes configured at deployment; remove it',
  'service-managed-ebs-volume-name': 'CodeDeploy task sets cannot take volumes configured at deployment; remove it',
  'wait-for-task-stopped': RUN_NO_TASK,
  'run-task': RUN_NO_TASK,
  'run-task-container-overrides': RUN_NO_TASK,
  'run-task-security-groups': RUN_NO_TASK,
  'run-task-subnets': RUN_NO_TASK,
  'run-task-assign-public-IP': RUN_NO_TASK,
  'run-task-capacity-provider-strategy': RUN_NO_TASK,
  'run-task-launch-type': RUN_NO_TASK,
  'run-task-started-by': RUN_NO_TASK,
  'run-task-tags': RUN_NO_TASK,
  'run-task-managed-ebs-volume': RUN_NO_TASK,
  'run-task-managed-ebs-volume-name': RUN_NO_TASK,
}

const IN_THE_FILE = "set it in the task definition, a file named by 'task-definition'"

/**
 * Inputs of `aws-actions/amazon-ecs-render-task-definition` that this action does not have, each with what to do instead.
 * Source: action.yml of that action, version 1.
 */
export const UNBUILT_INPUTS: Readonly<Record<string, string>> = {
  'task-definition-arn': "name the revision by 'task-definition'",
  'task-definition-family': "name the family by 'task-definition'",
  'task-definition-revision': "name the revision by 'task-definition', as 'family:revision'",
  'log-configuration-log-driver': IN_THE_FILE,
  'log-configuration-options': IN_THE_FILE,
  'docker-labels': IN_THE_FILE,
  command: IN_THE_FILE,
  'task-role-arn': IN_THE_FILE,
  'execution-role-arn': IN_THE_FILE,
  'env-files': IN_THE_FILE,
}
