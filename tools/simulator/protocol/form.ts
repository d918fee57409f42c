import type { Shape } from './shape.ts'

type Fields = Readonly<Record<string, string>>

/**
 * The members of a form in the query protocol: `PageSize=3`, `Targets.member.1.Id=web`. Fields that the shape has no
 * place for stay, under the whole of their name. A number that is none stays text, so that its type is seen to be wrong.
 */
export function readForm(shape: Shape, fields: Fields): unknown {
  if (shape.kind !== 'structure') return {}
  const known = [...shape.members].flatMap(([name, member]) => {
    const value = readMember(member, name, fields)
    return value === undefined ? [] : [[name, value] as const]
  })
  const unknown = Object.entries(fields).filter(([name]) => !shape.members.has(name.split('.')[0] ?? ''))
  return Object.fromEntries([...known, ...unknown])
}

function readMember(shape: Shape, path: string, fields: Fields): unknown {
  const text = fields[path]
  switch (shape.kind) {
    case 'list':
      return text === '' ? [] : readList(shape.element, `${path}.member`, fields)
    case 'structure': {
      const inner = fieldsBelow(path, fields)
      return Object.keys(inner).length === 0 ? undefined : readForm(shape, inner)
    }
    case 'number':
      return text === undefined || text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text
    default:
      return text
  }
}

function readList(element: Shape, path: string, fields: Fields): unknown[] | undefined {
  const entries: unknown[] = []
  for (let entry = readMember(element, `${path}.1`, fields); entry !== undefined; ) {
    entries.push(entry)
    entry = readMember(element, `${path}.${entries.length + 1}`, fields)
  }
  return entries.length === 0 ? undefined : entries
}

function fieldsBelow(path: string, fields: Fields): Fields {
  const below = Object.entries(fields).filter(([name]) => name.startsWith(`${path}.`))
  return Object.fromEntries(below.map(([name, value]) => [name.slice(path.length + 1), value]))
}
