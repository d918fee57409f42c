import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'

const parser = unified().use(remarkParse).use(remarkGfm)

/** What of a node of a Markdown tree matters to tests. */
interface Node {
  type: string
  value?: string
  children?: Node[]
}

/** What a reader and GitHub's text filters see of a piece of Markdown. */
export interface ReadMarkdown {
  /** All text in reading order, code included. */
  text: string
  /** Pieces of plain text as they stand in the page: mentions, references and emoji are looked for within one piece. */
  pieces: string[]
  /** Kinds of nodes: `link`, `emphasis`, `code`, … */
  kinds: Set<string>
  /** Raw HTML, tags and comments each on their own. */
  html: string[]
}

/** Reads GitHub Flavored Markdown as GitHub would. */
export function readMarkdown(source: string): ReadMarkdown {
  const nodes = [...allNodes(parser.runSync(parser.parse(source)))]
  const valuesOf = (...types: string[]) =>
    nodes.flatMap(({ type, value }) => (types.includes(type) ? [value ?? ''] : []))
  return {
    text: valuesOf('text', 'inlineCode', 'code').join(''),
    pieces: valuesOf('text'),
    kinds: new Set(nodes.map(({ type }) => type)),
    html: valuesOf('html'),
  }
}

function* allNodes(node: Node): Iterable<Node> {
  yield node
  for (const child of node.children ?? []) yield* allNodes(child)
}

/** Places in which our summaries put foreign text, by name. */
export const PLACES: Record<string, (markdown: string) => string> = {
  'a paragraph': (markdown) => markdown,
  'an alert': (markdown) => `> [!NOTE]\n> ${markdown}`,
  'a list item': (markdown) => `- ${markdown}`,
  'a table cell': (markdown) => `| Head |\n| --- |\n| ${markdown} |`,
}

/** What is read in `place` beyond what the place itself is made of. */
export function readInPlace(place: string, markdown: string): ReadMarkdown {
  const around = PLACES[place] ?? String
  const frame = readMarkdown(around('frame'))
  const read = readMarkdown(around(markdown))
  const [before = ''] = frame.text.split('frame')
  return {
    ...read,
    text: read.text.slice(before.length),
    kinds: new Set([...read.kinds].filter((kind) => kind !== 'html' && !frame.kinds.has(kind))),
  }
}

/** The value of a fact in a summary or a comment, in Markdown; undefined when it has none of this name. */
export function factOf(markdown: string, name: string): string | undefined {
  const at = markdown.indexOf(`<tr><td><b>${name}</b></td><td>\n\n`)
  return at < 0 ? undefined : markdown.slice(at).split('\n\n')[1]
}

/** Kind and paragraphs of the coloured box, in Markdown. */
export function boxOf(markdown: string): { colour: string; paragraphs: string[] } {
  const [, colour = '', body = ''] = /^> \[!([A-Z]+)\]\n((?:>.*\n?)*)/m.exec(markdown) ?? []
  const paragraphs = body
    .split('\n')
    .map((line) => line.replace(/^> ?/, ''))
    .filter((line) => line !== '')
  return { colour, paragraphs }
}
