import { expect, test } from '@jest/globals'
import { type ScenarioName, scenarios } from '../../tools/simulator/scenarios.ts'
import { boxOf, readMarkdown } from '../support/markdown.ts'
import { inputsFor, simulateRelease } from '../support/simulated-release.ts'

/** What comes in the box after where production is: why, and what to do. A release that went well has no step. */
const FIRST_LINES: Record<ScenarioName, [cause: RegExp, step: RegExp | undefined]> = {
  success: [/released web:2 to demo\/web\.(?: The original .*)?$/, undefined],
  'no-hooks': [/released web:2 to demo\/web\.(?: The original .*)?$/, undefined],
  'hook-fails': [
    /at AfterAllowTestTraffic: hook CodeDeployHook_validate failed: "The test listener answered 500 from web:2; expected 200\."/,
    /^Next: mend what the hook found, then release again\. All of its log is in the log group \/aws\/lambda\/CodeDeployHook_validate\.$/,
  ],
  'hook-fails-no-rollback': [
    /failed: "The test listener answered 500 from web:2; expected 200\.".* There was no rollback/,
    /^Next: mend what the hook found, then release again\. .* The replacement stays until then; rollback-on: failure takes it down\.$/,
  ],
  'hook-silent': [
    /hook CodeDeployHook_validate did not answer within the hour that CodeDeploy waits/,
    /^Next: see why the function did not report \(codedeploy:PutLifecycleEventHookExecutionStatus\)/,
  ],
  'hook-denied': [
    /could not be invoked: CodeDeploy's role ecsCodeDeployRole may not invoke it \(IAM_ROLE_PERMISSIONS\)/,
    /^Next: attach the managed policy AWSCodeDeployRoleForECS to the role/,
  ],
  'never-healthy': [
    /at Install: 3 replacement tasks stopped for the same reason .*: container web: exit code 1, Error: Cannot find module '\/app\/server\.js'\./,
    /^Next: mend what stops the tasks of web:2, then release again\. What they printed is in their own logs \(in the console\)\.$/,
  ],
  'task-dies': [
    /at AllowTraffic: replacement tasks stopped.*: container web: exit code 1, Error: Cannot find module '\/app\/server\.js' \(ECS_UPDATE_ERROR\)/,
    /^Next: mend what stops the tasks of web:2/,
  ],
  alarm: [
    /was stopped at AllowTraffic: alarm web-5xx went off with 10 % of production traffic shifted \(ALARM_ACTIVE\)/,
    /^Next: see why alarm web-5xx went off \(in the console\), and release again when it is OK/,
  ],
  stopped: [
    /was stopped at AllowTraffic by somebody else, or by another job\./,
    /^Next: ask who stopped it, then release again\. .*aws cloudtrail lookup-events /,
  ],
  'ready-wait': [/released web:2/, undefined],
  'late-rollback': [/failed: "The test listener answered 500/, /^Next: mend what the hook found/],
  'rollback-fails': [
    /alarm web-5xx went off .* Rollback d-\w+ failed: .*The rollback was made to fail\. \(InvalidParameterException\)\.$/,
    /^To bring production back: operation: rollback with task-definition: web:1\.$/,
  ],
  'bad-appspec': [
    /INVALID_REVISION: .*There was nothing to roll back/,
    /^Next: correct the AppSpec \('codedeploy-appspec'/,
  ],
  'lost-answer': [/released web:2/, undefined],
  throttled: [/released web:2/, undefined],
  expired: [
    /^Lost sight of deployment .*credentials have expired/,
    /^To see what became of it: aws deploy get-deployment /,
  ],
  'expired-with-role': [/released web:2/, undefined],
  'denied-targets': [/released web:2/, undefined],
  busy: [/released web:3/, undefined],
  'busy-ready': [/released web:3/, undefined],
  'busy-termination': [/released web:3/, undefined],
}

/** What stands in no box: of one request, and of a page that the reader is on. */
const NOISE = /Request ID|Proxy: null|the summary of this run|Status: none|undefined/

/** Where production is, which comes first. */
const PRODUCTION =
  /^(?:Production runs |Production traffic never left the original |What serves production could not be seen)/

test.each(Object.keys(FIRST_LINES) as ScenarioName[])(
  'the box begins with where production is, the cause and the next step, and the annotation with the last two: %s',
  async (name) => {
    const { summary, annotation, log } = await simulateRelease({ scenario: scenarios[name], inputs: inputsFor(name) })
    const { colour, paragraphs } = boxOf(summary)
    const [production = '', why = '', next = '', ...rest] = paragraphs.map((line) => readMarkdown(line).text)
    const [cause, step] = FIRST_LINES[name]
    expect(production).toMatch(PRODUCTION)
    expect(why).toMatch(cause)
    if (step !== undefined) expect(next).toMatch(step)
    expect(colour === 'TIP').toBe(step === undefined)
    expect([production, why, next, ...rest].join('\n')).not.toMatch(NOISE)
    expect(summary).not.toMatch(/the summary of this run|Rollback.*none/)
    const told = annotation?.message ?? log.at(-1) ?? ''
    if (step === undefined) return
    expect(told.startsWith(why)).toBe(true)
    expect(told.slice(why.length + 1, why.length + 12)).toBe(next.slice(0, 11))
  },
)
