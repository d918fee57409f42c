import { andList } from '../text/words.ts'
import { type MoveNote, moveNotes } from './move-notes.ts'
import { type CodeDeployService, nativeEquivalent, renderInput } from './native-equivalent.ts'

/** What a service of CodeDeploy would be if ECS deployed it itself, for somebody who thinks of moving it. */
export interface Moving {
  title: string
  /** How much there is to know. */
  inShort: string
  /** What takes the input, and the page that says how. */
  command: string
  page: string
  /** The input as JSON. */
  input: string
  /** By kind; none that is empty. */
  notes: { kind: MoveNote['kind']; heading: string; sentences: string[] }[]
}

const HEADINGS = {
  prepare: 'To do before',
  missing: 'Without an equivalent',
  differs: 'Goes another way',
} as const satisfies Record<MoveNote['kind'], string>

const KINDS = ['prepare', 'missing', 'differs'] as const

export function movingOf(service: CodeDeployService): Moving {
  const all = moveNotes(service)
  const notes = KINDS.map((kind) => ({
    kind,
    heading: HEADINGS[kind],
    sentences: all.filter((note) => note.kind === kind).map(({ sentence }) => sentence),
  }))
  const [prepare = 0, missing = 0, differs = 0] = notes.map(({ sentences }) => sentences.length)
  const counts = [`${prepare} to do before`, `${missing} without an equivalent`, `${differs} that go another way`]
  return {
    title: "The service with ECS's own deployments",
    inShort: `With ECS's own deployments instead: a JSON for UpdateService, and things to know (${andList(counts)}).`,
    command: 'aws ecs update-service --cli-input-json',
    page: 'docs/moving-to-native.md',
    input: renderInput(nativeEquivalent(service)),
    notes: notes.filter(({ sentences }) => sentences.length > 0),
  }
}
