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

/**
 * A job summary as a page that looks like GitHub's, in one file and without the network. A likeness: GitHub's own
 * renderer is not public.
 */
export async function renderSummaryPage(markdown: string): Promise<string> {
  const body = await unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(remarkAlert)
    .use(remarkRehype, { allowDangerousHtml: true })
    .use(rehypeRaw)
    .use(rehypeSanitize, schema)
    .use(rehypeStringify)
    .process(markdown)
  const html = String(body)
  const style = readFileSync(require.resolve('github-markdown-css/github-markdown.css'), 'utf8')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Job summary</title>
<style>${style}
.markdown-body { box-sizing: border-box; max-width: 980px; margin: 0 auto; padding: 32px; }
</style>
</head>
<body>
<article class="markdown-body">
${html}
</article>
${html.includes('language-mermaid') ? diagrams() : ''}</body>
</html>
`
}

/** Draws Mermaid blocks where they stand, as GitHub does; a block inside a closed `details` when it is opened. */
function diagrams(): string {
  const mermaid = readFileSync(require.resolve('@mermaid-js/tiny'), 'utf8').replaceAll('</script', '<\\/script')
  return `<script>${mermaid}</script>
<script>
mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' })
for (const code of document.querySelectorAll('pre > code.language-mermaid')) {
  const diagram = document.createElement('pre')
  diagram.className = 'mermaid'
  diagram.textContent = code.textContent
  const details = code.closest('details')
  code.parentElement.replaceWith(diagram)
  const draw = () => mermaid.run({ nodes: [diagram] })
  if (details === null || details.open) draw()
  else details.addEventListener('toggle', draw, { once: true })
}
</script>
`
}
