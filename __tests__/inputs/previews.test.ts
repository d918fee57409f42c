import { expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { parseInputs } from '../../src/inputs/parse-inputs.ts'
import { rawInputs } from '../support/simulated-release.ts'

const LANES = 'web-preview-1=https://p1.example.org\nweb-preview-2=https://p2.example.org/?a=b'

function sentences(inputs: Partial<Record<InputName, string>>): string[] {
  return parseInputs(rawInputs({ operation: 'preview', 'preview-services': LANES, ...inputs }), []).problems.map(
    ({ sentence }) => sentence,
  )
}

test('lanes are lines of a service and an address, of which only the first equals sign splits', () => {
  const { inputs, problems } = parseInputs(
    rawInputs({ operation: 'preview', 'preview-services': LANES, 'preview-hours': '5', 'on-no-lane': 'fail' }),
    [],
  )
  expect(problems).toEqual([])
  expect(inputs).toMatchObject({
    service: '',
    previewServices: [
      { service: 'web-preview-1', url: 'https://p1.example.org' },
      { service: 'web-preview-2', url: 'https://p2.example.org/?a=b' },
    ],
    previewIdleMs: 5 * 3_600_000,
    onNoLane: 'fail',
  })
})

const wrong: [Partial<Record<InputName, string>>, RegExp][] = [
  [{ 'preview-services': '' }, /^Input 'preview-services' is required for 'operation: preview'/],
  [{ 'preview-services': 'web-preview-1' }, /must have lines 'service=url' .* got 'web-preview-1='/],
  [{ 'preview-services': 'web=javascript:alert(1)' }, /must have lines 'service=url'/],
  [
    { 'preview-services': `${LANES}\nweb-preview-1=https://x.example.org` },
    /names the service 'web-preview-1' more than once/,
  ],
  [{ 'preview-services': Array(101).fill('a=https://a.example').join('\n') }, /takes at most 100 lines; got 101/],
  [{ 'preview-hours': '0' }, /'preview-hours' must be a whole number from 1 to 8760; got '0'/],
  [{ 'on-no-lane': 'neutral' }, /'on-no-lane' must be 'skip' or 'fail'; got 'neutral'/],
  [{ service: 'web' }, /^Input 'service' does not apply to 'operation: preview'/],
  [{ 'codedeploy-deployment-group': 'group' }, /^Input 'codedeploy-deployment-group' does not apply/],
  [{ 'test-url': 'https://x.example.org' }, /^Input 'test-url' does not apply/],
  [{ 'wait-for': 'nothing' }, /a preview is there only when production of its lane has moved/],
  [
    { operation: 'release', service: 'web', image: 'web:1' },
    /^Input 'preview-services' applies to 'operation: preview' only/,
  ],
]

test.each(wrong)('what cannot go with a preview is told by its name: %j', (inputs, sentence) => {
  expect(sentences(inputs)).toEqual([expect.stringMatching(sentence)])
})
