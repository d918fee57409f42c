import { describe, expect, test } from '@jest/globals'
import { renderSummaryPage } from '../../../tools/rehearsal/summary-page.ts'

/** What the page holds between its article tags. */
async function articleOf(markdown: string): Promise<string> {
  const page = await renderSummaryPage(markdown)
  return /<article class="markdown-body">\n([\s\S]*)\n<\/article>/.exec(page)?.[1] ?? ''
}

describe('the page of a summary', () => {
  test('shows what GitHub shows: tables, alerts, details and code', async () => {
    const article = await articleOf(
      '## Released\n\n> [!WARNING]\n> Careful\n\n| A |\n| --- |\n| `x` |\n\n<details><summary>More</summary>\n\n**bold**\n\n</details>\n',
    )
    for (const part of [
      '<h2>Released</h2>',
      'markdown-alert-warning',
      '<td><code>x</code></td>',
      '<details><summary>More</summary>',
      '<strong>bold</strong>',
    ]) {
      expect(article).toContain(part)
    }
  })

  test('lets nothing through that GitHub takes out', async () => {
    const article = await articleOf(
      [
        '<script>alert(1)</script>',
        '<img src="x" onerror="alert(2)">',
        '<a href="javascript:alert(3)">a</a>',
        '<iframe src="https://evil.example"></iframe>',
        '<p style="position: fixed">p</p>',
        '<svg onload="alert(4)"><script>alert(5)</script></svg>',
        '[link](javascript:alert)',
        '</article></body>',
      ].join('\n\n'),
    )
    expect(article).not.toMatch(/<script|onerror|onload|javascript:|<iframe|style=|<\/article>|<\/body>/)
  })

  test('needs no network', async () => {
    const page = await renderSummaryPage('## Plain\n\n```json\n{}\n```\n')
    expect(page.match(/<script|<link|<img|<iframe|@import|url\(["']?https?:/g)).toBeNull()
  })

  test('has a ground of its own in light and in dark, so that nothing is dark on dark', async () => {
    const page = await renderSummaryPage('## Plain\n')
    expect(page).toContain('body { margin: 0; background-color: #ffffff; }')
    expect(page).toContain('@media (prefers-color-scheme: dark) { body { background-color: #0d1117; } }')
  })

  test('is there for an empty summary', async () => {
    expect(await articleOf('')).toBe('')
    expect(await renderSummaryPage('')).toMatch(/^<!doctype html>\n<html lang="en">[\s\S]*<\/html>\n$/)
  })
})
