import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { validate } from '@actions/languageservice'
import type { ActionMetadata } from '@actions/languageservice/action'
import { load } from 'js-yaml'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { ownerOf } from '../../scripts/repository-owner.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const { owner, name: repository } = ownerOf(ROOT)

/** How documentation names this action. */
export const OURS = `${owner}/${repository}`

const action = load(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as ActionMetadata

/** An action of others that examples, or the workflows of this repository, use. */
interface OtherAction {
  version: string
  /** What the tag of that version points to, read from the action's repository. */
  commit: string
  /** The inputs that they may use. Source: its action.yml. */
  inputs: string[]
}

const CODEQL = { version: 'v4.36.2', commit: '8aad20d150bbac5944a9f9d289da16a4b0d87c1e' }

export const OTHERS: Record<string, OtherAction> = {
  'actions/attest': {
    version: 'v4.2.2',
    commit: '1e69f48acb82d1966a394da916b4c1698aa569d6',
    inputs: ['subject-path'],
  },
  'actions/checkout': {
    version: 'v7.0.1',
    commit: '3d3c42e5aac5ba805825da76410c181273ba90b1',
    inputs: ['fetch-depth', 'persist-credentials', 'ref'],
  },
  'actions/download-artifact': {
    version: 'v8.0.1',
    commit: '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c',
    inputs: ['name', 'path'],
  },
  'actions/setup-node': {
    version: 'v7.0.0',
    commit: '820762786026740c76f36085b0efc47a31fe5020',
    inputs: ['node-version', 'node-version-file', 'package-manager-cache'],
  },
  'actions/upload-artifact': {
    version: 'v7.0.0',
    commit: 'bbbca2ddaa5d8feaa63e36b76fdaad77386f024f',
    inputs: ['if-no-files-found', 'name', 'path'],
  },
  'aws-actions/amazon-ecr-login': {
    version: 'v2.1.7',
    commit: '03f1aad4c6c7ffd436567f42f9384779290529bd',
    inputs: [],
  },
  'aws-actions/configure-aws-credentials': {
    version: 'v6.2.3',
    commit: 'e6de054238d6b7531b4efff3b6587d9aade6a06c',
    inputs: ['aws-region', 'role-to-assume', 'role-duration-seconds', 'output-credentials'],
  },
  'github/codeql-action/analyze': { ...CODEQL, inputs: ['category'] },
  'github/codeql-action/init': { ...CODEQL, inputs: ['build-mode', 'config', 'languages'] },
}

let checked = 0

/** What GitHub's own validator finds wrong with a workflow, each with its line. An action it cannot look up is wrong too. */
export async function languageProblems(text: string): Promise<string[]> {
  // What it has parsed it keeps by address.
  const address = `file:///repository/.github/workflows/${++checked}.yml`
  const found = await validate(TextDocument.create(address, 'yaml', 1, text), {
    actionsMetadataProvider: {
      fetchActionMetadata: async ({ owner, name, path }) => metadataOf([owner, name, path].filter(Boolean).join('/')),
    },
  })
  return found.map(({ range, message }) => `line ${range.start.line + 1}: ${message}`)
}

function metadataOf(name: string): ActionMetadata | undefined {
  if (name === OURS) return action
  const inputs = OTHERS[name]?.inputs.map((input) => [input, { description: input }])
  return inputs && { name, description: name, inputs: Object.fromEntries(inputs) }
}
