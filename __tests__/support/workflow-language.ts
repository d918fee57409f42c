import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { validate } from '@actions/languageservice'
import type { ActionMetadata } from '@actions/languageservice/action'
import { load } from 'js-yaml'
import { TextDocument } from 'vscode-languageserver-textdocument'

/** How documentation names this action. */
export const OURS = 'OWNER/ecs-blue-green-release'

const action = load(readFileSync(join(import.meta.dirname, '..', '..', 'action.yml'), 'utf8')) as ActionMetadata

/** The inputs of other actions that examples may use. Source: their action.yml. */
const OTHERS: Record<string, string[]> = {
  'actions/checkout': ['persist-credentials', 'ref'],
  'aws-actions/amazon-ecr-login': [],
  'aws-actions/configure-aws-credentials': [
    'aws-region',
    'role-to-assume',
    'role-duration-seconds',
    'output-credentials',
  ],
}

let checked = 0

/** What GitHub's own validator finds wrong with a workflow, each with its line. An action it cannot look up is wrong too. */
export async function languageProblems(text: string): Promise<string[]> {
  // What it has parsed it keeps by address.
  const address = `file:///repository/.github/workflows/${++checked}.yml`
  const found = await validate(TextDocument.create(address, 'yaml', 1, text), {
    actionsMetadataProvider: { fetchActionMetadata: async ({ owner, name }) => metadataOf(`${owner}/${name}`) },
  })
  return found.map(({ range, message }) => `line ${range.start.line + 1}: ${message}`)
}

function metadataOf(name: string): ActionMetadata | undefined {
  if (name === OURS) return action
  const inputs = OTHERS[name]?.map((input) => [input, { description: input }])
  return inputs && { name, description: name, inputs: Object.fromEntries(inputs) }
}
