import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type Check, type Client, expectThat } from './client.ts'
import { officialRelease } from './official-releases.ts'
import { clientEnvironment, type Ending, runProgram } from './program.ts'
import { REGISTERED_FILES } from './registered-files.ts'
import { registrationBy } from './registrations.ts'
import { withReleaseFiles } from './release-files.ts'
import { RENDERED_RELEASES } from './rendered-releases.ts'
import { withSimulatorProgram } from './simulators.ts'

const NAME = 'aws-actions/amazon-ecs-deploy-task-definition'

/** By the shape of the file: what version 2 of the official action sent. */
const REGISTRATIONS: Record<string, unknown> = JSON.parse(
  readFileSync(new URL('official-registrations.json', import.meta.url), 'utf8'),
)

/** By the shape of the release: what version 1 of the official render action and that sent together. */
const RELEASES: Record<string, unknown> = JSON.parse(
  readFileSync(new URL('official-releases.json', import.meta.url), 'utf8'),
)

/**
 * The bundle of a checkout, run as a step of a workflow would run it.
 * @param renderFolder a checkout of the official render action
 */
export function officialAction(folder: string | undefined, renderFolder: string | undefined): Client {
  if (folder === undefined) {
    return { name: NAME, skipped: "Its folder is given with '--official-action DIR' or in OFFICIAL_ACTION_DIR." }
  }
  const bundle = resolve(folder, 'dist', 'index.js')
  if (!existsSync(bundle)) return { name: NAME, skipped: `There is no ${bundle}.` }
  return {
    name: `${NAME} ${versionIn(folder)}`.trim(),
    checks: [
      { what: 'waits for success', run: runStep(bundle, 'success', reportsSuccess) },
      { what: 'waits, hook fails', run: runStep(bundle, 'hook-fails', reportsFailure) },
      { what: 'registers files', run: () => registersFiles(bundle) },
      ...(renderFolder === undefined ? [] : [{ what: 'renders, deploys', run: () => releases(renderFolder, bundle) }]),
    ],
  }
}

function versionIn(folder: string): string {
  try {
    return String(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version ?? '')
  } catch {
    return ''
  }
}

/** What this action is tested to register from the same files too. */
async function registersFiles(bundle: string): Promise<string> {
  for (const file of REGISTERED_FILES) {
    const sent = await registrationBy(bundle, file)
    const isRecorded = isDeepStrictEqual(sent, REGISTRATIONS[file.shape])
    expectThat(isRecorded, `From ${file.shape} it registers something else than is recorded.`, JSON.stringify(sent))
  }
  return `as recorded, from ${REGISTERED_FILES.length} files`
}

/** What this action is tested to send in one step too. */
async function releases(renderFolder: string, deploy: string): Promise<string> {
  const render = resolve(renderFolder, 'dist', 'index.js')
  for (const release of RENDERED_RELEASES) {
    const sent = await officialRelease({ render, deploy }, release)
    const isRecorded = isDeepStrictEqual(sent, RELEASES[release.shape])
    expectThat(isRecorded, `For ${release.shape} they send something else than is recorded.`, JSON.stringify(sent))
  }
  return `as recorded, ${RENDERED_RELEASES.length} releases`
}

/** Reads what a step left: how it ended, and the text of its outputs. */
type Reading = (ending: Ending, outputs: string) => string

function runStep(bundle: string, scenario: string, read: Reading): Check['run'] {
  return () =>
    withSimulatorProgram(scenario, (url) =>
      withReleaseFiles(async (folder) => {
        const outputFile = join(folder, 'outputs')
        writeFileSync(outputFile, '')
        const env = {
          ...clientEnvironment(url),
          GITHUB_WORKSPACE: folder,
          GITHUB_OUTPUT: outputFile,
          'INPUT_TASK-DEFINITION': 'td.json',
          INPUT_CLUSTER: 'demo',
          INPUT_SERVICE: 'web',
          'INPUT_CODEDEPLOY-APPSPEC': 'appspec.yaml',
          'INPUT_WAIT-FOR-SERVICE-STABILITY': 'true',
        }
        const ending = await runProgram(process.execPath, [bundle], { env, cwd: folder })
        return read(ending, readFileSync(outputFile, 'utf8'))
      }),
    )
}

function reportsSuccess({ code, output }: Ending, outputs: string): string {
  expectThat(code === 0, `The step ended with ${code}.`, output)
  expectThat(/task-definition\/web:2/.test(outputs), 'There is no output with the new revision.', outputs)
  return `succeeded, ${deploymentIn(outputs)}`
}

/** It fails the step with what the SDK's waiter says, which is the last answer of GetDeployment. */
function reportsFailure({ code, output }: Ending, outputs: string): string {
  expectThat(code === 1, `The step ended with ${code} and not with 1.`, output)
  const annotation = output.split('\n').find((line) => line.startsWith('::error::')) ?? ''
  expectThat(/FAILURE/.test(annotation), 'There is no annotation with the verdict of the waiter.', output)
  expectThat(/HOOK_EXECUTION_FAILURE/.test(annotation), 'The annotation does not have the reason.', output)
  return `failed with HOOK_EXECUTION_FAILURE, ${deploymentIn(outputs)}`
}

function deploymentIn(outputs: string): string {
  const [id] = /^d-[A-Z0-9]+$/m.exec(outputs) ?? []
  expectThat(id !== undefined, 'There is no output with the deployment id.', outputs)
  return id ?? ''
}
