import { expect, test } from '@jest/globals'
import { until, withHook, withLiveRehearsal } from './support/live-rehearsal.ts'
import { HOOK } from './support/rehearsal.ts'

const CALL_BACK = `new CodeDeployClient().send(new PutLifecycleEventHookExecutionStatusCommand({
  deploymentId: event.DeploymentId,
  lifecycleEventHookExecutionId: event.LifecycleEventHookExecutionId,
  status: 'Succeeded',
}))`
const NAMES = '{ CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand }'

const styles: [string, string, string][] = [
  [
    'an ES module with an async handler',
    'hook.mjs',
    `import ${NAMES} from '@aws-sdk/client-codedeploy'
     export const handler = async (event, context) => {
       console.log(context.functionName, context.awsRequestId, context.getRemainingTimeInMillis() > 0)
       setInterval(() => {}, 1000)
       await ${CALL_BACK}
     }`,
  ],
  [
    'a CommonJS module with an async handler',
    'hook.cjs',
    `const ${NAMES} = require('@aws-sdk/client-codedeploy')
     exports.handler = async (event, context) => {
       console.log(context.functionName, context.awsRequestId, context.getRemainingTimeInMillis() > 0)
       await ${CALL_BACK}
     }`,
  ],
  [
    'a CommonJS module with a callback',
    'hook.cjs',
    `const ${NAMES} = require('@aws-sdk/client-codedeploy')
     module.exports.handler = (event, context, callback) => {
       console.log(context.functionName, context.awsRequestId, context.getRemainingTimeInMillis() > 0)
       ${CALL_BACK}.then((answer) => callback(null, answer), callback)
     }`,
  ],
]

test.each(styles)('%s calls back through the SDK that it did not bring along', (_, fileName, source) =>
  withHook(fileName, source, (scenario) =>
    withLiveRehearsal(scenario, async ({ simulator, release }) => {
      const id = await release({ AfterInstall: HOOK })
      const answers = () => simulator.calls.filter((call) => call.operation === 'PutLifecycleEventHookExecutionStatus')
      await until(() => answers().length > 0)
      expect(answers()).toMatchObject([{ httpStatus: 200, input: { deploymentId: id, status: 'Succeeded' } }])
      expect(simulator.hookLogs.map((line) => line.text)).toEqual([
        expect.stringMatching(`^${HOOK} [0-9a-f-]{36} true$`),
      ])
    }),
  ),
)

const silent: [string, string, RegExp][] = [
  [
    'throws',
    `export const handler = async () => { throw new Error('out of luck') }`,
    /^Invoke Error \t\{"errorType":"Error","errorMessage":"out of luck","stack":\["Error: out of luck"," {4}at (file:|handler)[^"]+"\]\}$/,
  ],
  ['throws before it returns a promise', `export const handler = () => { throw new Error('no luck') }`, /no luck/],
  [
    'imports what is not there',
    `import './nowhere.mjs'`,
    /^Uncaught Exception \t\{"errorType":"Runtime.ImportModuleError","errorMessage":"Error \[ERR_MODULE_NOT_FOUND\]: Cannot find module [^{}]*\}$/,
  ],
  [
    'has a syntax error',
    `export const handler = async ( => {}`,
    /^Uncaught Exception \t\{"errorType":"Runtime.UserCodeSyntaxError","errorMessage":"SyntaxError: Unexpected token '=>'"/,
  ],
  [
    'throws while it is loaded',
    `throw new TypeError('not today')`,
    /^Uncaught Exception \t\{"errorType":"TypeError","errorMessage":"not today","stack":\["TypeError: not today"," {4}at file:[^"]*hook.mjs:1:7"\]\}$/,
  ],
  [
    'is no function',
    `export const handler = 42`,
    /^Uncaught Exception \t\{"errorType":"Runtime.HandlerNotFound","errorMessage":"hook.handler is undefined or not exported"/,
  ],
  [
    'fails in a timer',
    `export const handler = () => { setTimeout(() => { throw new Error('too late') }) }`,
    /^Uncaught Exception \t\{"errorType":"Error","errorMessage":"too late"/,
  ],
  [
    'lets a promise fail that nobody waits for',
    `export const handler = () => { Promise.reject(new Error('unseen')) }`,
    /^Unhandled Promise Rejection \t\{"errorType":"Runtime.UnhandledPromiseRejection","errorMessage":"Error: unseen"/,
  ],
  [
    'rejects with what is no error',
    `export const handler = async () => { throw 'tantrum' }`,
    /^Invoke Error \t\{"errorType":"string","errorMessage":"tantrum"\}$/,
  ],
  [
    'ends its process with an error',
    `export const handler = async () => { process.exit(3) }`,
    /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 3$/,
  ],
  [
    'ends its process',
    `export const handler = async () => { process.exit() }`,
    /^RequestId: [0-9a-f-]{36} Error: Runtime exited without providing a reason$/,
  ],
  [
    'calls back with an error',
    `export const handler = (event, context, done) => { done(new Error('sorry')) }`,
    /sorry/,
  ],
  ['returns without calling back', `export const handler = async () => { console.error('bye') }`, /^bye$/],
]

test.each(silent)('a handler that %s leaves CodeDeploy waiting', (_, source, line) =>
  withHook('hook.mjs', source, (scenario) =>
    withLiveRehearsal(scenario, async ({ simulator, release, deployment }) => {
      const id = await release({ AfterInstall: HOOK })
      await until(() => simulator.hookLogs.length > 0)
      expect(simulator.hookLogs[0]?.text).toMatch(line)
      expect(simulator.hookLogs[0]).toMatchObject({ deploymentId: id, functionName: HOOK, stream: 'stderr' })
      expect((await deployment(id)).status).toBe('InProgress')
    }),
  ),
)

test('a hook sees its own AWS, the listeners, and the time of the simulator', () =>
  withHook(
    'hook.mjs',
    `export const handler = async (event) => {
       const names = ['AWS_REGION', 'AWS_ENDPOINT_URL', 'AWS_PROFILE', 'AWS_LAMBDA_FUNCTION_NAME', 'TEST_LISTENER_URL']
       console.log(JSON.stringify({ event, year: new Date().getFullYear(), ...Object.fromEntries(names.map((n) => [n, process.env[n]])) }))
     }`,
    (scenario) =>
      withLiveRehearsal(scenario, async ({ simulator, release }) => {
        process.env['AWS_PROFILE'] = 'production'
        const id = await release({ AfterInstall: HOOK })
        await until(() => simulator.hookLogs.length > 0)
        delete process.env['AWS_PROFILE']
        const [line] = simulator.hookLogs
        expect(JSON.parse(line?.text ?? '')).toEqual({
          event: { DeploymentId: id, LifecycleEventHookExecutionId: expect.stringMatching(/^eyJ/) },
          year: 2026,
          AWS_REGION: 'us-east-1',
          AWS_ENDPOINT_URL: simulator.url,
          AWS_LAMBDA_FUNCTION_NAME: HOOK,
          TEST_LISTENER_URL: simulator.listeners['demo:web']?.test,
        })
      }),
  ))

test('a hook that does not end is ended after 15 minutes of its own time', () =>
  withHook('hook.mjs', `export const handler = () => new Promise(() => setInterval(() => {}, 1000))`, (scenario) =>
    withLiveRehearsal(
      scenario,
      async ({ simulator, release }) => {
        await release({ AfterInstall: HOOK })
        await until(() => simulator.hookLogs.some(({ text }) => text === 'Task timed out after 900.00 seconds'))
      },
      2000,
    ),
  ))
