import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { checkHook } from '../../../tools/rehearsal/hook-check.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hook-check-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** What is said of a file of this name and text; undefined when it can be a hook. */
async function said(name: string, text: string): Promise<string | undefined> {
  const file = join(folder, name)
  writeFileSync(file, text)
  return await checkHook(file, name).then(
    () => undefined,
    (error: Error) => error.message,
  )
}

const SDK = '@aws-sdk/client-codedeploy'

describe('a hook may be', () => {
  test.each([
    ['an ES module', 'hook.mjs', 'export const handler = async () => {}'],
    ['a CommonJS module', 'hook.cjs', 'exports.handler = (event, context, callback) => callback()'],
    ['TypeScript', 'hook.ts', 'export const handler = async (event: unknown): Promise<void> => {}'],
    ['one that keeps the process busy', 'busy.mjs', 'setInterval(() => {}, 1000); export const handler = () => {}'],
    [
      'one that uses the SDK and its environment while it is loaded',
      'sdk.mjs',
      `import { CodeDeployClient } from '${SDK}'
       new CodeDeployClient(); new URL(process.env.TEST_LISTENER_URL); export const handler = () => {}`,
    ],
  ])('%s', async (_, name, text) => {
    expect(await said(name, text)).toBeUndefined()
  })
})

describe('a hook may not be', () => {
  test.each([
    [
      'one with a syntax error',
      'syntax.mjs',
      'export const a = 1\nexport const handler = (',
      /SyntaxError: Unexpected end of input; run the file with node to see where\.$/,
    ],
    ['one that throws while it is loaded', 'throws.mjs', `throw new Error('no luck')`, /Error: no luck\.$/],
    ['one that throws something else', 'odd.cjs', `throw 'no luck'`, /it throws no luck\.$/],
    ['one without a handler', 'none.mjs', 'export default 1', /exports no function 'handler'\.$/],
    ['one whose handler is no function', 'text.cjs', `exports.handler = 'x'`, /exports no function 'handler'\.$/],
    [
      'one that needs a package that is not there',
      'needs.mjs',
      `import 'not-there'`,
      /Cannot find package 'not-there'/,
    ],
    ['one that ends the process', 'exit.mjs', 'process.exit(3)', /it ends the process \(exit code 3\)\.$/],
    [
      'one that waits for nothing',
      'wait.mjs',
      'await new Promise(() => {})',
      /it ends the process \(exit code 13\)\.$/,
    ],
  ])('%s', async (_, name, text, sentence) => {
    const wrong = await said(name, text)
    expect(wrong).toMatch(new RegExp(`^Option '--hook' names '${name}', which cannot be loaded: `))
    expect(wrong).toMatch(sentence)
    expect(wrong).not.toContain('\n')
  })
})
