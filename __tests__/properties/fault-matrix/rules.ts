import type { Verdict } from './run-cell.ts'

/** How a verdict differs from that of the same story without a fault, and why it is right. */
export interface Rule {
  change: Partial<Verdict>
  why: string
  /** More is warned of than without the fault. */
  warns?: true
}

const NOTHING_WRITTEN = { exitCode: 1, deployments: 0, revisions: 0, production: 'web:1' } as const
const NOTHING_DEPLOYED = { exitCode: 1, deployments: 0, production: 'web:1' } as const
const UNKNOWN = { status: 'unknown', rollback: 'unknown', exitCode: 1 } as const

export const RULES = {
  same: {
    change: {},
    why: 'Asked again, or made up for by the next look; a write only when it surely was not carried out, or when a look finds nothing of it.',
  },
  warned: {
    change: {},
    warns: true,
    why: 'What cannot be seen decides nothing here: warned of once, and done without.',
  },
  'no-answer': {
    change: { status: 'refused', reason: 'unreachable', ...NOTHING_WRITTEN },
    why: 'Nothing is written before everything was checked. Throttling is waited out for ten minutes, the rest for three attempts.',
  },
  'no-credentials': {
    change: { status: 'refused', reason: 'credentials', ...NOTHING_WRITTEN },
    why: 'No further call would work; one sentence says what to set.',
  },
  'not-allowed': {
    change: { status: 'refused', reason: 'denied', ...NOTHING_WRITTEN },
    why: 'What the release depends on is denied; the sentence names the action and the resource.',
  },
  'lost-revision': {
    change: { status: 'refused', reason: 'unreachable', ...NOTHING_DEPLOYED },
    why: 'RegisterTaskDefinition may have been carried out and is not sent again, so that there is at most one revision that nothing uses.',
  },
  'spare-unreachable': {
    change: { status: 'refused', reason: 'unreachable', ...NOTHING_DEPLOYED },
    why: 'Every answer proved that no deployment was accepted; the revision stays, unused, and is named.',
  },
  'spare-credentials': {
    change: { status: 'refused', reason: 'credentials', ...NOTHING_DEPLOYED },
    why: 'As above, and no further call would work.',
  },
  'spare-denied': {
    change: { status: 'refused', reason: 'denied', ...NOTHING_DEPLOYED },
    why: 'As above, and this call is denied.',
  },
  'maybe-started': {
    change: { ...UNKNOWN, deployments: 0, production: 'web:1' },
    why: 'No answer proved that CreateDeployment was not carried out, so nobody says that nothing was deployed; how to look is told.',
  },
  'lost-sight': {
    change: { ...UNKNOWN, production: 'web:1' },
    why: 'No later look can succeed, or the deployment was not found: at once the id or the command to look with; it is not touched, and no second one is made.',
  },
  'lost-sight-late': {
    change: UNKNOWN,
    why: 'The same, when production had moved already: nothing was seen of it, so nothing is claimed.',
  },
  budget: {
    change: UNKNOWN,
    why: 'A failed look is no verdict: looked again for the whole budget, while CodeDeploy went on. Neither success nor that it goes on is told of what nobody saw.',
  },
  held: {
    change: { status: 'failed', exitCode: 1, production: 'web:1' },
    why: 'It could not be continued by us, and nobody else did: CodeDeploy ended it when its ready wait was over.',
  },
  'rollback-unseen': {
    change: { status: 'unknown', rollback: 'unknown' },
    why: 'A rollback is never taken for done, nor for absent, when it could not be seen.',
  },
  'reason-unseen': {
    change: { status: 'timed-out', rollback: 'none' },
    why: 'Why tasks stop cannot be seen, so there is no reason to stop: the wait ends with its budget and the deployment is left.',
  },
  'not-stopped': {
    change: { status: 'timed-out', rollback: 'none' },
    why: 'CodeDeploy accepted no stop in ten minutes of asking, or will accept none: the deployment goes on, which is told with the reason.',
  },
  'left-to-post': {
    change: { rollback: 'none' },
    why: 'Cancelled, and no stop was accepted before the runner ends the step: the post step goes on.',
  },
  'left-unseen': {
    change: { rollback: 'unknown' },
    why: 'Cancelled, and nothing is stopped unseen: the post step goes on.',
  },
  'stopped-late': {
    change: { rollback: 'succeeded' },
    why: 'The stop is accepted, its answer comes after the end. (In a runner the step ends ten seconds after the signal.)',
  },
  'could-not-stop': {
    change: { rollback: 'none', production: 'web:2' },
    why: 'CodeDeploy accepted no stop from the post step, and the deployment succeeded: one annotation asks somebody to look.',
  },
  'succeeded-first': {
    change: { status: 'refused', reason: 'rejected', rollback: 'none', exitCode: 1, production: 'web:2' },
    why: 'CodeDeploy accepted no stop although it was asked again and again, and the deployment succeeded meanwhile: that is told, and what production serves.',
  },
  'stop-not-allowed': {
    change: { status: 'refused', reason: 'denied', rollback: 'none', exitCode: 1 },
    why: 'The stop itself is denied: at once the action and the resource; the deployment goes on.',
  },
  'stop-no-credentials': {
    change: { status: 'refused', reason: 'credentials', rollback: 'none', exitCode: 1 },
    why: 'No further call would work; one sentence says what to set, and the deployment goes on.',
  },
  'not-seen-to-stop': {
    change: { rollback: 'unknown', production: 'web:2' },
    why: 'The post step looked for its four minutes and stopped nothing unseen: one annotation asks somebody to look.',
  },
  'too-late-to-stop': {
    change: { rollback: 'none', production: 'web:2' },
    why: 'When the deployment was found all of production had moved, and that is never taken back.',
  },
} as const satisfies Record<string, Rule>

export type RuleName = keyof typeof RULES

export function ruleOf(name: RuleName): Rule {
  return RULES[name]
}
