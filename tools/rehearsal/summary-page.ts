import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import rehypeRaw from 'rehype-raw'
import rehypeSanitize, { defaultSchema, type Options } from 'rehype-sanitize'
import rehypeStringify from 'rehype-stringify'
import remarkGfm from 'remark-gfm'
import { remarkAlert } from 'remark-github-blockquote-alert'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'

const require = createRequire(import.meta.url)

const CLASSES: [string, RegExp] = ['className', /^(markdown-alert|language-|octicon)/]

/** What GitHub lets through beside the default: alerts with their icons, and the language of code. */
const schema: Options = {
  ...defaultSchema,
  tagNames: [...(defaultSchema.tagNames ?? []), 'svg', 'path'],
  attributes: {
    ...defaultSchema.attributes,
    '*': [...(defaultSchema.attributes?.['*'] ?? []), CLASSES],
    svg: ['viewBox', 'width', 'height', 'ariaHidden', CLASSES],
    path: ['d'],
  },
}

/** The page behind the article, in GitHub's colours, and narrow margins on a telephone as there. */
const AROUND = `
body { margin: 0; background-color: #ffffff; }
@media (prefers-color-scheme: dark) { body { background-color: #0d1117; } }
.markdown-body { box-sizing: border-box; max-width: 980px; margin: 0 auto; padding: 32px; }
@media (max-width: 767px) { .markdown-body { padding: 16px; } }
.markdown-body .markdown-alert .octicon { margin-right: 8px; }
`

/**
 * A job summary as a page that looks like GitHub's, in one file and without the network. A likeness: GitHub's own
 * renderer is not public.
 */
export async function renderSummaryPage(markdown: string, title = 'Job summary'): Promise<string> {
  const body = await unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(remarkAlert)
    .use(remarkRehype, { allowDangerousHtml: true })
    .use(rehypeRaw)
    .use(rehypeSanitize, schema)
    .use(rehypeStringify)
    .process(markdown)
  const style = readFileSync(require.resolve('github-markdown-css/github-markdown.css'), 'utf8')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}${AROUND}</style>
</head>
<body>
<article class="markdown-body">
${String(body)}
</article>
</body>
</html>
`
}
