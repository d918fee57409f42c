import { posix } from 'node:path'

/** The folders and loose files of `src/`, from the top; an import runs downward or stays on its floor. */
const FLOORS = [
  'index',
  'step',
  'operations',
  'previews',
  'release',
  'github',
  'report',
  'release-state',
  'moving',
  'plan',
  'group',
  'engines',
  'code-deploy',
  'ecs-native',
  'verdict',
  'follow',
  'service',
  'world',
  'aws',
  'app-spec',
  'task-definition',
  'workflow-run',
  'lifecycle',
  'inputs',
  'text',
  'problem',
  'time',
]

const RELATIVE_IMPORT = /(?:\bfrom|\bimport\(?)\s*'(\.[^']+)'/g

/**
 * What is wrong with how files of `src/` import each other, types included: one sentence each.
 * @param files text by path below the repository, e.g. `src/release/start.ts`
 */
export function floorFaults(files: ReadonlyMap<string, string>): string[] {
  const imports = new Map([...files].map(([path, text]) => [path, importsOf(path, text)]))
  const perImport = [...imports].flatMap(([path, targets]) => targets.flatMap((target) => faultOf(path, target) ?? []))
  return [...perImport, ...circlesIn(imports).map((files) => `${files.join(' -> ')} is a circle`)]
}

function importsOf(path: string, text: string): string[] {
  return [...text.matchAll(RELATIVE_IMPORT)].map(([, to = '']) => posix.join(posix.dirname(path), to))
}

function faultOf(path: string, target: string): string | undefined {
  if (!target.startsWith('src/')) return `${path} imports ${target}, which does not ship`
  const [from, to] = [floorOf(path), floorOf(target)]
  if (from < 0) return `${path} is on no floor; give its folder a place in the list`
  return to < from ? `${path} imports ${target}, which is above it` : undefined
}

function floorOf(path: string): number {
  return FLOORS.indexOf((path.split('/')[1] ?? '').replace(/\.ts$/, ''))
}

/** Each circle once, from where it was found. */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const begins = trail.indexOf(path)
    if (begins >= 0) circles.push([...trail.slice(begins), path])
    if (begins >= 0 || done.has(path)) return
    for (const target of imports.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of imports.keys()) visit(path, [])
  return circles
}
