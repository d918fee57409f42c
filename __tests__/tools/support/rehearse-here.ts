import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { rehearseOneRun } from '../../../tools/rehearsal/one-run.ts'
import { parseOptions } from '../../../tools/rehearsal/options.ts'
import { commandsIn } from '../../support/runner-grammar.ts'

/** What a rehearsal has printed and left. */
export interface RehearsedHere {
  exitCode: number
  printed: string
  left(name: string): string
}

/**
 * Does in this process what `npm run rehearse` does, beside others: they mostly wait. Each leaves its results in a folder
 * of its own, gone when the tests of the file are over.
 */
export function rehearsingHere(): (args: string[]) => Promise<RehearsedHere> {
  let results = ''
  beforeAll(() => {
    results = mkdtempSync(join(tmpdir(), 'rehearsals-'))
  })
  afterAll(() => {
    rmSync(results, { recursive: true })
  })
  return async (args) => {
    const folder = mkdtempSync(join(results, 'one-'))
    const lines: string[] = []
    const exitCode = await rehearseOneRun(parseOptions(args), (line) => lines.push(line), folder)
    const printed = lines.join('\n')
    expect(commandsIn(printed)).toEqual([])
    return { exitCode, printed, left: (name) => readFileSync(join(folder, name), 'utf8') }
  }
}
