import type { Release } from '../release-state.ts'
import { movingSection } from './moving.ts'
import { alert, heading } from './summary-alert.ts'
import { course } from './summary-course.ts'
import { failedHookLogs, hookLogs, lifecycle } from './summary-events.ts'
import { factsTable } from './summary-facts.ts'
import { changes, lanes, more, planned, plannedWay, problems, warnings } from './summary-more.ts'

/**
 * The job summary, for who has five seconds: the verdict and what was released where, where production is, why, what to
 * do. Then one table of facts and one line each of traffic and events; the rest is folded.
 */
export function renderSummary(release: Release): string {
  const parts = [
    heading(release),
    alert(release),
    problems(release),
    planned(release),
    failedHookLogs(release),
    factsTable(release),
    course(release),
    warnings(release),
    lanes(release),
    changes(release),
    lifecycle(release),
    hookLogs(release),
    plannedWay(release),
    movingSection(release),
    more(release),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}
