import type { Problem } from '../problem.ts'
import type { ResolvedService } from '../service/service.ts'
import { inSentence } from '../text/untrusted.ts'

const LANE_TAG = 'preview-lane'
const COUNT_TAG = 'preview-desired-count'

/** Why a service is no lane; nothing of it is ever claimed, stopped or scaled then. */
export function laneProblems({ controller, name, clusterName, tags }: ResolvedService): Problem[] {
  if (controller === 'ECS') {
    const sentence = `Service '${clusterName}/${name}' is deployed by ECS itself, and lanes for previews are services under CodeDeploy: only there one deployment at a time keeps two pull requests apart. Check 'preview-services'.`
    return [{ reason: 'unsupported-service', sentence }]
  }
  if (tags[LANE_TAG] === 'true') return []
  const sentence = `Service '${clusterName}/${name}' is not a lane for previews: it has no tag '${LANE_TAG}' with the value 'true', so nothing of it is touched. Check 'preview-services'.`
  return [{ reason: 'not-a-lane', sentence }]
}

/** How many tasks a lane runs while somebody has it, with what is wrong with its tags. */
export function readTags(service: ResolvedService): { problems: Problem[]; desiredCount: number } {
  const problems = laneProblems(service)
  if (problems.length > 0) return { problems, desiredCount: 0 }
  const { name, clusterName, tags } = service
  const count = tags[COUNT_TAG] ?? '1'
  if (/^[1-9]\d{0,3}$/.test(count)) return { problems: [], desiredCount: Number(count) }
  const sentence = `Tag '${COUNT_TAG}' of service '${clusterName}/${name}' must be a whole number from 1 to 9999; it is '${inSentence(count, 60)}'.`
  return { problems: [{ reason: 'not-a-lane', sentence }], desiredCount: 0 }
}
