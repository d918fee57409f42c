import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { FunctionSeed, HookPlan } from '../scenario.ts'
import { MAX_SECONDS } from './fault-section.ts'
import type { Section } from './section.ts'
import { FUNCTION_NAME } from './words.ts'

/** A hook function as it was read, and where. */
export interface HookDraft {
  section: Section
  seed: FunctionSeed
  plan: HookPlan | undefined
}

/** Reads an entry of `hooks`. A handler is found from `folder`, the one of the file. */
export function readHook(section: Section, folder: string): HookDraft {
  const name = section.text('name', { ...FUNCTION_NAME, required: true }) ?? ''
  const handler = section.text('handler')
  const handlerFile = handler === undefined ? undefined : resolve(folder, handler)
  if (handlerFile !== undefined && !isFile(handlerFile)) {
    // Whole, however long: its end is what was written in the file.
    section.wrong('handler', `there is no file '${handlerFile.replace(/\p{Cc}/gu, ' ')}'.`)
  }
  const plan = section.section('plan')
  const logGroup = section.text('log-group')
  const denied = section.flag('denied')
  const seed: FunctionSeed = {
    name,
    ...(handlerFile !== undefined && { handlerFile }),
    ...(logGroup !== undefined && { logGroup }),
    ...(denied !== undefined && { denied }),
  }
  const draft = { section, seed, plan: plan && readPlan(plan) }
  section.done()
  return draft
}

function readPlan(section: Section): HookPlan {
  const plan: HookPlan = {
    answer: section.choice('answer', ['Succeeded', 'Failed', 'none', 'throws'], { required: true }) ?? 'none',
    afterSeconds: section.number('after-seconds', 0, MAX_SECONDS) ?? 20,
    log: section.texts('log') ?? [],
  }
  section.done()
  return plan
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}
