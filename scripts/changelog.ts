/** CHANGELOG.md as values: sections by version, in them entries by what they are about and what was done. */

export const UNRELEASED = 'Unreleased'
export const AREAS = ['Action', 'Simulator and rehearsal'] as const
export const KINDS = ['Added', 'Changed', 'Fixed'] as const

export type Area = (typeof AREAS)[number]
export type Kind = (typeof KINDS)[number]

export interface Entry {
  area: Area
  kind: Kind
  /** From its dash on, with its own line breaks. */
  text: string
  /** It stands above every heading of its section, so area and kind are guessed. */
  isLoose: boolean
}

export interface Section {
  /** `Unreleased`, or a version. */
  version: string
  /** ISO date; undefined as long as it is not released. */
  date: string | undefined
  /** Paragraphs above the entries. */
  intro: string
  entries: Entry[]
}

export interface Changelog {
  /** What stands above the first section. */
  head: string
  sections: Section[]
}

export class ChangelogError extends Error {}

/** @throws ChangelogError with the line of a heading, or of a text, that has no place */
export function parseChangelog(text: string): Changelog {
  const [head = '', ...parts] = text.split(/^(?=## )/m)
  let line = head.split('\n').length
  const sections = parts.map((part) => {
    const section = parseSection(part, line)
    line += part.split('\n').length - 1
    return section
  })
  return { head: head.trimEnd(), sections }
}

function parseSection(part: string, firstLine: number): Section {
  const [title = '', ...lines] = part.trimEnd().split('\n')
  const [, version = '', date] = /^## (\S+)(?: \((\d{4}-\d{2}-\d{2})\))?$/.exec(title) ?? []
  if (version === '') throw new ChangelogError(`Line ${firstLine} of CHANGELOG.md: '${title}' is no version.`)
  const section: Section = { version, date, intro: '', entries: [] }
  let area: Area | undefined
  let kind: Kind | undefined
  for (const [index, line] of lines.entries()) {
    const wrong = (why: string) => new ChangelogError(`Line ${firstLine + index + 1} of CHANGELOG.md: ${why}.`)
    const last = section.entries.at(-1)
    const [, level, heading = ''] = /^(#{3,4}) (.*)$/.exec(line) ?? []
    if (level === '###') {
      area = AREAS.find((one) => one === heading)
      kind = undefined
      if (area === undefined) throw wrong(`'${heading}' is none of ${AREAS.join(', ')}`)
    } else if (level === '####') {
      kind = KINDS.find((one) => one === heading)
      if (kind === undefined) throw wrong(`'${heading}' is none of ${KINDS.join(', ')}`)
    } else if (line.startsWith('- ')) section.entries.push(entryOf(line, area, kind))
    else if (/^ +\S/.test(line) && last !== undefined) last.text += `\n${line}`
    else if (line === '' || (last === undefined && area === undefined)) section.intro += `${line}\n`
    else throw wrong(`'${line}' belongs to no entry`)
  }
  section.intro = section.intro.trim()
  return section
}

/** One without a heading that names its area and kind is taken for a change: lines that were merged say no more. */
function entryOf(text: string, area: Area | undefined, kind: Kind | undefined): Entry {
  const isOfSimulator = /^- (?:The )?(?:simulator|rehears|world files|`npm run (?:simulator|rehearse))/i.test(text)
  return {
    area: area ?? (isOfSimulator ? 'Simulator and rehearsal' : 'Action'),
    kind: kind ?? 'Changed',
    text,
    isLoose: area === undefined || kind === undefined,
  }
}

export function renderChangelog({ head, sections }: Changelog): string {
  return `${[head, ...sections.map(renderSection)].join('\n\n')}\n`
}

/** What is not released has all headings, so that an entry finds its place. */
function renderSection({ version, date, intro, entries }: Section): string {
  const title = date === undefined ? `## ${version}` : `## ${version} (${date})`
  const keepsEmpty = version === UNRELEASED
  return [title, ...(intro === '' ? [] : [intro]), ...groups(entries, keepsEmpty)].join('\n\n')
}

function groups(entries: readonly Entry[], keepsEmpty: boolean): string[] {
  return AREAS.flatMap((area) => {
    const ofArea = entries.filter((entry) => entry.area === area)
    if (ofArea.length === 0 && !keepsEmpty) return []
    const kinds = KINDS.flatMap((kind) => {
      const texts = ofArea.filter((entry) => entry.kind === kind).map(({ text }) => text)
      return texts.length === 0 && !keepsEmpty
        ? []
        : [`#### ${kind}`, ...(texts.length === 0 ? [] : [texts.join('\n')])]
    })
    return [`### ${area}`, ...kinds]
  })
}

/**
 * What is not released becomes the version; a section that was prepared for it is taken in, after the newer entries.
 * @throws ChangelogError when there is nothing to release, or the version is released
 */
export function releaseSection(changelog: Changelog, version: string, date: string): Changelog {
  const prepared = changelog.sections.find((section) => section.version === version)
  if (prepared?.date !== undefined) throw new ChangelogError(`CHANGELOG.md says that ${version} is released`)
  const unreleased = changelog.sections.find((section) => section.version === UNRELEASED)
  const entries = [...(unreleased?.entries ?? []), ...(prepared?.entries ?? [])]
  if (entries.length === 0) throw new ChangelogError(`CHANGELOG.md has no entry for ${version}`)
  const intro = [unreleased?.intro, prepared?.intro].filter((text) => text).join('\n\n')
  const older = changelog.sections.filter((section) => section !== unreleased && section !== prepared)
  const emptied: Section = { version: UNRELEASED, date: undefined, intro: '', entries: [] }
  return { ...changelog, sections: [emptied, { version, date, intro, entries }, ...older] }
}

/**
 * The section of a version as a release on GitHub shows it: without line breaks of the file, which would be kept there, and
 * with links that lead to the files of the tag.
 * @param filesAt address that the path of a file is put behind
 * @throws ChangelogError when there is no such section
 */
export function releaseNotes({ sections }: Changelog, version: string, filesAt: string): string {
  const section = sections.find((one) => one.version === version)
  if (section === undefined) throw new ChangelogError(`CHANGELOG.md has no section ${version}.`)
  const entries = section.entries.map((entry) => ({ ...entry, text: inOneLine(entry.text) }))
  const [, ...body] = renderSection({ ...section, intro: inOneLine(section.intro), entries }).split('\n\n')
  return `${body.join('\n\n')}\n`.replace(/\]\((?![a-z]+:|#)/g, `](${filesAt}/`)
}

function inOneLine(text: string): string {
  return text.replace(/(?<=\S)\n *(?=\S)/g, ' ')
}
