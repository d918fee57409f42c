import type { Shape } from './shape.ts'

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' }

export function escapeXml(text: string): string {
  return text.replace(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character)
}

/** The members of an answer as the query protocol writes them; an answer that fits its shape is taken for granted. */
export function membersAsXml(shape: Shape, answer: unknown): string {
  if (shape.kind !== 'structure' || typeof answer !== 'object' || answer === null) return ''
  const elements = Object.entries(answer).map(([name, value]) => {
    const member = shape.members.get(name)
    return member && value !== undefined ? `<${name}>${valueAsXml(member, value)}</${name}>` : ''
  })
  return elements.join('')
}

function valueAsXml(shape: Shape, value: unknown): string {
  if (shape.kind === 'structure') return membersAsXml(shape, value)
  if (shape.kind === 'list' && Array.isArray(value)) {
    return value.map((element) => `<member>${valueAsXml(shape.element, element)}</member>`).join('')
  }
  if (shape.kind === 'timestamp') return new Date(Math.round(Number(value) * 1000)).toISOString().replace('.000Z', 'Z')
  return escapeXml(String(value))
}
