import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** What stands in fences of a language on a page, one after the other. */
export function fencesOf(page: string, language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text)
}

/** Links and pictures of a page that lead to no file of this project, or to no heading of it. */
export function brokenLinks(file: string): string[] {
  const text = withoutCode(readFileSync(file, 'utf8'))
  const links = [
    ...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?[^)]*\)/g),
    ...text.matchAll(ATTRIBUTES),
  ]
  return links.flatMap(([link, path = '', anchor]) => {
    const target = path === '' ? file : join(dirname(file), path)
    if (!existsSync(target)) return [link]
    return anchor === undefined || anchorsOf(target).includes(anchor) ? [] : [link]
  })
}

/** The same as HTML. */
const ATTRIBUTES = /\b(?:href|src|srcset)="(?!https?:|mailto:)([^"#]*)(?:#([^"]*))?"/g

/** Where pages of this project link to: paths from its root, without what is outside of it. */
export function linkedFiles(file: string, root: string): string[] {
  const text = withoutCode(readFileSync(file, 'utf8'))
  return [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]+)/g)].map(([, path = '']) =>
    relative(root, join(dirname(file), path)),
  )
}

/** As GitHub makes anchors of headings; one that stands twice gets a number. */
function anchorsOf(file: string): string[] {
  const seen = new Map<string, number>()
  return [...withoutCode(readFileSync(file, 'utf8')).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-')
    const before = seen.get(anchor) ?? 0
    seen.set(anchor, before + 1)
    return before === 0 ? anchor : `${anchor}-${before}`
  })
}

/** A page without what is shown as code. */
function withoutCode(text: string): string {
  return text
    .replace(/^ *(```+|~~~+)[^\n]*\n.*?^ *\1 *$/gms, '')
    .replace(/`[^`\n]+`/g, (code) => code.replace(/[[\]()]/g, ''))
}
