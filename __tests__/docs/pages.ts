import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What stands in fences of a language on a page, one after the other. */
export function fencesOf(page: string, language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text)
}

/** Links of a page that lead to no file of this project, or to no heading of it. */
export function brokenLinks(file: string): string[] {
  const links = [...readFileSync(file, 'utf8').matchAll(/\]\((?!https:)([^)#]*)(?:#([^)]*))?\)/g)]
  return links.flatMap(([link, path = '', anchor]) => {
    const target = path === '' ? file : join(dirname(file), path)
    if (!existsSync(target)) return [link]
    return anchor === undefined || headingsOf(target).includes(anchor) ? [] : [link]
  })
}

/** As GitHub makes anchors of them. */
function headingsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  )
}
