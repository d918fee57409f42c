import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { stepFiles } from '../../src/step/files.ts'
import { buildStep } from '../../src/step/step.ts'
import { laterToolkit } from '../../src/step/toolkit.ts'
import { systemClock } from '../../src/time/clock.ts'

test('a step knows its pull request from the event, where the ref is the base branch', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'step-'))
  const path = join(folder, 'event.json')
  writeFileSync(path, JSON.stringify({ action: 'closed', pull_request: { number: 7, merged: true } }))
  const environment = {
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: path,
    GITHUB_REF: 'refs/heads/main',
    INPUT_SERVICE: 'web',
  }
  const { world, close } = await buildStep({
    environment,
    clock: systemClock,
    toolkit: laterToolkit(() => import('@actions/core')),
    firstRequestSent: Promise.resolve(),
    files: stepFiles(environment, ''),
    log: { line: () => {}, warning: () => {}, group: async (_title, body) => await body() },
    signal: new AbortController().signal,
    loadGithub: () => import('@actions/github'),
    isSecond: false,
    onRelease: () => {},
  })
  close()
  rmSync(folder, { recursive: true })
  expect(world.run.pullRequest).toBe('7')
})
