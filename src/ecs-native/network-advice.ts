/** What ECS finds wrong with load balancer, rules and the role that changes them, and what to do about it. */
interface Found {
  pattern: RegExp
  advice: string
}

const ATTACHED =
  'have the production rule forward to both target groups of the service, or the production rule to one and the test rule to the other'

/** Source: ECS Developer Guide, "Troubleshooting Amazon ECS blue/green deployments"; the last is observed. */
const FOUND: readonly Found[] = [
  {
    pattern: /exactly one target group serving traffic/i,
    advice:
      'give all of the weight of the production rule to the target group of the tasks that serve and none to the other; between deployments nobody but ECS may change these weights, or both versions serve',
  },
  { pattern: /unexpected target group/i, advice: ATTACHED },
  { pattern: /must be associated with/i, advice: ATTACHED },
  {
    pattern: /missing permissions|not authorized to perform: elasticloadbalancing:/i,
    advice:
      "attach the managed policy AmazonECSInfrastructureRolePolicyForLoadBalancers to the role of the service's load balancer (advancedConfiguration, roleArn)",
  },
  {
    pattern: /target group ARN does not exist|rules? not found/i,
    advice: "correct target groups and rules in the service's load balancer (advancedConfiguration)",
  },
]

/** Undefined when it is about something else. @param cause why a deployment ended, as ECS says it */
export function networkAdvice(cause: string): { cause: string; advice?: string } | undefined {
  const [isOfNetwork] = /\binvalid networking configuration\b\.? ?/i.exec(cause) ?? []
  const detail = isOfNetwork === undefined ? cause : cause.slice(cause.indexOf(isOfNetwork) + isOfNetwork.length)
  const found = FOUND.find(({ pattern }) => pattern.test(detail))
  if (isOfNetwork === undefined && found === undefined) return undefined
  return {
    cause: `ECS could not move traffic as the service is set up: ${detail || cause}`,
    ...(found !== undefined && { advice: found.advice }),
  }
}
