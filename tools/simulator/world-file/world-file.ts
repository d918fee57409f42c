import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Scenario } from '../scenario.ts'
import { readScenario } from './scenario-section.ts'
import { Problems, Section } from './section.ts'
import { parseYaml } from './yaml.ts'

/** Everything that is wrong with a world file, in sentences. */
export class WorldFileError extends Error {
  readonly sentences: readonly string[]

  constructor(path: string, sentences: readonly string[]) {
    super(
      sentences.length === 1 ? `World file ${path}: ${sentences[0]}` : [`World file ${path}:`, ...sentences].join('\n'),
    )
    this.sentences = sentences
  }
}

/** Reads a world file, as `world-file.md` describes it. @throws WorldFileError */
export function loadWorldFile(path: string): Scenario {
  return parseWorldFile(readText(path), path)
}

/** Paths in the text are relative to the folder of `path`. @throws WorldFileError */
export function parseWorldFile(text: string, path: string): Scenario {
  const parsed = parseYaml(text)
  if (typeof parsed === 'string') throw new WorldFileError(path, [parsed])
  const problems = new Problems()
  const scenario = readScenario(new Section(parsed.document, '', problems), dirname(resolve(path)))
  if (problems.sentences.length > 0) throw new WorldFileError(path, problems.sentences)
  return scenario
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const reasons: Record<string, string> = {
      ENOENT: 'There is no such file.',
      EISDIR: 'It is a folder.',
      EACCES: 'It may not be read.',
    }
    throw new WorldFileError(path, [reasons[code] ?? `It cannot be read (${code}).`])
  }
}
