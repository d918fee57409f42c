import { FAULT_NAMES, type FaultName, type Lasts } from './faults.ts'
import type { RuleName } from './rules.ts'
import type { Row } from './stories.ts'

/** What is right when one request meets the fault, and when every one does. */
type Cell = readonly [once: RuleName, ever: RuleName]

type Cells = Record<FaultName, Cell>

/** A row whose passing faults (all but two) have the same verdict, except for those that are given. */
function row(passing: Cell, expired: Cell, denied: Cell, others: Partial<Cells> = {}): Cells {
  const cells = Object.fromEntries(FAULT_NAMES.map((name) => [name, passing])) as Cells
  return { ...cells, expired, denied, ...others }
}

const always = (rule: RuleName): Cell => [rule, rule]
const SAME = always('same')
const WARNED: Cell = ['same', 'warned']
const NO_ANSWER: Cell = ['same', 'no-answer']
const NO_CREDENTIALS = always('no-credentials')
const LOST_SIGHT = always('lost-sight')

const CHECK = row(NO_ANSWER, NO_CREDENTIALS, always('not-allowed'))
const LOST_REVISION = always('lost-revision')
const CARRIED_OUT = {
  'reset after': SAME,
  slow: SAME,
  malformed: SAME,
  empty: SAME,
} as const

const EXPECTED: Record<string, Cells> = {
  'checks GetCallerIdentity': row(SAME, SAME, SAME),
  'checks DescribeServices': CHECK,
  'checks DescribeTaskDefinition': CHECK,
  'checks GetDeploymentGroup': row(NO_ANSWER, NO_CREDENTIALS, SAME),
  'checks GetDeploymentConfig': row(NO_ANSWER, NO_CREDENTIALS, always('warned')),
  'checks ListDeployments': row(NO_ANSWER, NO_CREDENTIALS, always('warned')),
  'checks RegisterTaskDefinition': row(LOST_REVISION, NO_CREDENTIALS, always('not-allowed'), {
    throttled: NO_ANSWER,
    '500': always('no-answer'),
    'reset before': always('no-answer'),
  }),
  'checks CreateDeployment': row(['same', 'maybe-started'], always('spare-credentials'), always('spare-denied'), {
    ...CARRIED_OUT,
    throttled: ['same', 'spare-unreachable'],
  }),
  'account GetCallerIdentity': row(WARNED, NO_CREDENTIALS, always('warned')),
  'role AssumeRoleWithWebIdentity': row(NO_ANSWER, NO_ANSWER, NO_CREDENTIALS),
  'renewal AssumeRoleWithWebIdentity': row(['same', 'budget'], ['same', 'budget'], ['same', 'lost-sight-late']),
  'search ListApplications': CHECK,
  'search ListDeploymentGroups': CHECK,
  'search BatchGetDeploymentGroups': CHECK,
  'misspelt ListFunctions': row(SAME, SAME, SAME),
  'second GetDeployment': row(NO_ANSWER, NO_CREDENTIALS, ['same', 'lost-sight']),
  'replace GetDeploymentTarget': row(NO_ANSWER, NO_CREDENTIALS, WARNED),
  'replace ContinueDeployment': row(SAME, NO_CREDENTIALS, always('not-allowed')),
  'evict StopDeployment': row(SAME, NO_CREDENTIALS, always('not-allowed')),
  'lost ListDeployments': row(SAME, SAME, SAME),
  'lost GetDeployment': row(['same', 'lost-sight-late'], LOST_SIGHT, LOST_SIGHT),
  'follow GetDeploymentTarget': row(WARNED, LOST_SIGHT, always('warned')),
  'follow GetDeployment': row(['same', 'budget'], LOST_SIGHT, LOST_SIGHT),
  'blind DescribeServices': row(SAME, SAME, SAME),
  'promote ContinueDeployment': row(['same', 'held'], LOST_SIGHT, always('held'), CARRIED_OUT),
  'rollback GetDeploymentTarget': row(WARNED, always('rollback-unseen'), WARNED),
  'rollback GetDeployment': row(['same', 'rollback-unseen'], always('rollback-unseen'), always('rollback-unseen')),
  'rollback GetFunctionConfiguration': row(WARNED, always('warned'), SAME),
  'rollback FilterLogEvents': row(WARNED, always('warned'), always('warned')),
  'stop ListTasks': row(['same', 'reason-unseen'], ['same', 'reason-unseen'], ['warned', 'reason-unseen']),
  'stop DescribeTasks': row(['same', 'reason-unseen'], ['same', 'reason-unseen'], ['warned', 'reason-unseen']),
  'stopping StopDeployment': row(['same', 'not-stopped'], always('not-stopped'), always('not-stopped'), CARRIED_OUT),
  'stopping GetDeploymentTarget': row(WARNED, always('rollback-unseen'), WARNED),
  'stopping GetDeployment': row(['same', 'rollback-unseen'], always('rollback-unseen'), always('rollback-unseen')),
  'cancel StopDeployment': row(['same', 'left-to-post'], always('left-to-post'), always('left-to-post'), {
    ...CARRIED_OUT,
    slow: always('stopped-late'),
  }),
  'cancel GetDeployment': row(['same', 'left-unseen'], always('left-unseen'), always('left-unseen'), {
    slow: always('left-unseen'),
  }),
  'post StopDeployment': row(
    ['same', 'could-not-stop'],
    always('could-not-stop'),
    always('could-not-stop'),
    CARRIED_OUT,
  ),
  'post GetDeploymentTarget': row(WARNED, ['same', 'not-seen-to-stop'], WARNED, {
    slow: ['same', 'not-seen-to-stop'],
  }),
  'post GetDeployment': row(['same', 'not-seen-to-stop'], ['same', 'not-seen-to-stop'], ['same', 'not-seen-to-stop']),
  'post-lost ListDeployments': row(SAME, SAME, SAME, { slow: ['same', 'too-late-to-stop'] }),
  'address DescribeListeners': row(WARNED, always('warned'), always('warned'), { empty: always('warned') }),
  'address DescribeLoadBalancers': row(WARNED, always('warned'), always('warned'), { empty: always('warned') }),
  'watch GetApplicationRevision': row(WARNED, NO_CREDENTIALS, always('warned')),
  'stop-asked StopDeployment': row(
    ['same', 'succeeded-first'],
    always('stop-no-credentials'),
    always('stop-not-allowed'),
    CARRIED_OUT,
  ),
  'continue GetApplicationRevision': row(WARNED, NO_CREDENTIALS, always('warned')),
  'continue ContinueDeployment': row(NO_ANSWER, NO_CREDENTIALS, always('not-allowed'), CARRIED_OUT),
  'lane UpdateService': row(NO_ANSWER, NO_CREDENTIALS, always('not-allowed')),
  'back GetApplicationRevision': row(NO_ANSWER, NO_CREDENTIALS, always('not-allowed')),
  'back CreateDeployment': row(['same', 'maybe-started'], NO_CREDENTIALS, always('not-allowed'), {
    ...CARRIED_OUT,
    throttled: NO_ANSWER,
  }),
}

/** The rule for one cell; throws when the table does not have it. */
export function expectedRule({ story, operation }: Row, fault: FaultName, lasts: Lasts): RuleName {
  const cells = EXPECTED[`${story} ${operation}`]
  if (cells === undefined) throw new Error(`The fault matrix expects nothing of ${operation} in ${story}.`)
  return cells[fault][lasts === 'once' ? 0 : 1]
}
