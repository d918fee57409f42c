import { describe, expect, test } from '@jest/globals'
import { imageNotes, parseEnvironmentLines, parseImages, parseSecretLines } from '../../src/inputs/container-lines.ts'
import { type Fields, fieldsOf } from '../../src/inputs/fields.ts'
import type { InputName } from '../../src/inputs/names.ts'
import { rawInputs } from '../support/simulated-release.ts'

/** What `parse` makes of an input, and the sentences about what is wrong with it. */
function parsed<Value>(parse: (fields: Fields) => Value, input: InputName, given: string) {
  const fields = fieldsOf(rawInputs({ [input]: given }))
  const value = parse(fields)
  return { value, wrong: fields.problems.map(({ sentence }) => sentence) }
}

const images = (given: string) => parsed(parseImages, 'image', given)
const environment = (given: string) => parsed(parseEnvironmentLines, 'environment-variables', given)
const secrets = (given: string) => parsed(parseSecretLines, 'secrets', given)

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`

describe('base64 that a tool has wrapped', () => {
  const line = (columns: number) => 'QUJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXow'.repeat(3).slice(0, columns)
  const goesOn = (number: number) =>
    `Input 'environment-variables' must have lines 'NAME=value'; line ${number} goes on with the value of the line before (not shown); a value has one line.`

  test.each([60, 64, 76])('is refused after %i columns, and nothing of it is shown', (columns) => {
    const first = `KEY=${line(columns)}`
    for (const end of ['c2VjcmV0MQ==', 'c2VjcmV0MTI=', 'QQ==']) {
      expect(environment(`${first}\n${end}\nB=2`)).toEqual({
        value: new Map([
          ['KEY', line(columns)],
          ['B', '2'],
        ]),
        wrong: [goesOn(2)],
      })
    }
    const three = environment(`${first}\r\n${line(columns)}\r\nc2VjcmV0MQ==\r\n`)
    expect(three.wrong).toEqual([expect.stringContaining("line 2 has no '='"), goesOn(3)])
  })

  test.each(['LOG=', 'B=c2VjcmV0MQ==', 'verbose=1'])('is told from a variable after it: %s', (next) => {
    expect(environment(`KEY=${line(76)}\n${next}`).wrong).toEqual([])
  })

  test('is told from values of other lengths and from hexadecimal ones', () => {
    expect(environment(`KEY=${line(40)}\ndebug1=`).wrong).toEqual([])
    expect(environment(`KEY=${'0123456789abcdef'.repeat(4)}\nabc=`).wrong).toEqual([])
  })
})

describe('images', () => {
  test('without tag and digest are noted, since another build may be meant by them tomorrow', () => {
    const noted = (given: string) => imageNotes(images(given).value)
    expect(noted('registry.example:5000/web')).toEqual([
      "Image 'registry.example:5000/web' has neither tag nor digest, so the tag 'latest' is deployed, whatever that is by then.",
    ])
    expect(noted('web=shop/web\nlog=fluent/bit:2')).toEqual([expect.stringContaining("'shop/web'")])
    for (const pinned of ['web:1', `registry.example/web@${DIGEST}`, '']) expect(noted(pinned)).toEqual([])
  })

  test.each([
    'app',
    'app:1.0.0',
    'library/app',
    'my_app/a__b/c.d/e---f:V1_2.3-rc.1',
    'registry.example/app:tag',
    'REGISTRY.example:5000/app',
    'localhost:5000/team/app:tag',
    '127.0.0.1:5000/app',
    `registry.example/app@${DIGEST}`,
    `registry.example/app:1.0.0@${DIGEST}`,
    '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/web:2026-01-01',
    'public.ecr.aws/nginx/nginx:1.27',
    'ghcr.io/octo-org/octo_repo:sha-0a1b2c3',
    `app:${'t'.repeat(128)}`,
  ])('%s is for the container behind the load balancer', (image) => {
    expect(images(` ${image}\n`)).toEqual({ value: [{ container: undefined, image }], wrong: [] })
  })

  test('may be given for several containers, one on each line', () => {
    expect(images('web=registry.example/web:1\r\n\n  log-router = public.ecr.aws/fluent-bit:2  \n')).toEqual({
      value: [
        { container: 'web', image: 'registry.example/web:1' },
        { container: 'log-router', image: 'public.ecr.aws/fluent-bit:2' },
      ],
      wrong: [],
    })
  })

  test.each([
    ['capital letters in the repository', 'registry.example/App:1'],
    ['a tag that begins with a dot', 'app:.1'],
    ['an empty tag', 'app:'],
    ['a tag of 129 characters', `app:${'t'.repeat(129)}`],
    ['a digest that is too short', 'app@sha256:abc'],
    ['a digest without its algorithm', `app@${'a'.repeat(64)}`],
    ['a scheme', 'https://registry.example/app'],
    ['a slash at the end', 'registry.example/app/'],
    ['two slashes', 'registry.example//app'],
    ['a dot at the end of a part', 'registry.example/app.'],
    ['white space', 'registry.example/app 1'],
    ['a variable that was not filled in', 'registry.example/app:$TAG'],
    ['a letter that only looks like one', 'registry.example/аpp'],
    ['more than 600 characters', `registry.example/${'a'.repeat(600)}`],
  ])('an image with %s is refused', (_, image) => {
    const shown = image.length > 300 ? `${image.slice(0, 300)}…` : image
    expect(images(image).wrong).toEqual([
      `Input 'image' must be an image such as 'registry/app:tag' or 'registry/app@sha256:…', or lines 'container=image'; got '${shown}'.`,
    ])
  })

  test.each([
    ['without an image', 'web=', /^Input 'image' has a line for the container 'web' without an image after '='\.$/],
    [
      'without a container',
      '=registry.example/web:1',
      /^Input 'image' has a line without a container name before '='\.$/,
    ],
    ['for no container beside others', 'web=web:1\nworker:1', /^Input 'image' must name the container on every line/],
    ['twice for a container', 'web=a:1\nweb=b:1', /^Input 'image' names the container 'web' more than once\.$/],
  ])('a line %s is refused', (_, given, sentence) => {
    expect(images(given).wrong).toEqual([expect.stringMatching(sentence)])
  })

  test('are refused whatever they are made of', () => {
    const hostile = ['a'.repeat(599), 'a-'.repeat(299), `registry.example/${'a.a_'.repeat(140)}`, 'a'.repeat(100_000)]
    for (const text of hostile) expect(images(`${text}!`).wrong).toHaveLength(1)
  })
})

describe('environment variables', () => {
  test.each<[string, string, [string, string][]]>([
    ["everything after the first '='", 'URL=https://x?a=b==', [['URL', 'https://x?a=b==']]],
    ['white space around a value', 'A=  b  \n', [['A', '  b  ']]],
    [
      'an empty value',
      'A=\nB=',
      [
        ['A', ''],
        ['B', ''],
      ],
    ],
    ['quotes and number signs in a value', `A="b" # c`, [['A', '"b" # c']]],
    [
      'names with dots and hyphens',
      'spring.datasource.url=x\nmy-name=y',
      [
        ['spring.datasource.url', 'x'],
        ['my-name', 'y'],
      ],
    ],
    [
      'names that objects have',
      '__proto__=x\nconstructor=y',
      [
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ],
    ],
  ])('keep %s', (_, given, assigned) => {
    const { value, wrong } = environment(given)
    expect({ value: [...value], wrong }).toEqual({ value: assigned, wrong: [] })
  })

  test('may have empty lines, Windows line ends and white space around names', () => {
    const { value, wrong } = environment('\r\n  A =1\r\n\r\n\tB= 2\r\n   \n')
    expect({ value: [...value], wrong }).toEqual({
      value: [
        ['A', '1'],
        ['B', ' 2'],
      ],
      wrong: [],
    })
  })

  test('are not given by an empty input', () => {
    expect([...environment('').value]).toEqual([])
  })

  test.each([
    ["without '='", 'hunter2', "has no '='"],
    ['without a name', ' =hunter2', "has no name before '='"],
    ['with white space in the name', 'export A=hunter2', "has a name that no variable can have before '='"],
    ['with a control character in the name', 'A\u0001=hunter2', "has a name that no variable can have before '='"],
  ])('are refused on a line %s, told as what it is, and nothing of it is shown', (_, line, mistake) => {
    expect(environment(`A=1\n\n${line}`).wrong).toEqual([
      `Input 'environment-variables' must have lines 'NAME=value'; line 3 ${mistake} (not shown).`,
    ])
  })

  test('are refused with a few sentences when thousands of lines are wrong', () => {
    const { wrong } = environment('hunter2\n'.repeat(10_000))
    expect(wrong).toHaveLength(11)
    expect(wrong.at(-1)).toBe("Input 'environment-variables' has more mistakes, which are not listed.")
  })

  test('are refused when a name is set twice, and no value is shown', () => {
    expect(environment('A=hunter2\nA=hunter3').wrong).toEqual([
      "Input 'environment-variables' sets 'A' more than once.",
    ])
  })

  test.each([
    ['a line of a value of several lines', 'CONFIG={\n  "password": "hunter2=="\n}'],
    ['a comment', '# old: TOKEN=hunter2'],
    ['a shell command', 'export TOKEN=hunter2'],
  ])('are refused when %s would be a name with white space in it', (_, given) => {
    const { wrong } = environment(given)
    expect(wrong.filter((sentence) => sentence.includes('not shown'))).not.toEqual([])
    expect(wrong.join()).not.toContain('hunter2')
    expect([...environment(given).value.keys()].filter((name) => /\s/.test(name))).toEqual([])
  })
})

describe('secrets', () => {
  test.each([
    ['a Secrets Manager secret', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:web/db-AbCdEf'],
    ['a member of a secret', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:web/db-AbCdEf:password::'],
    ['a secret in another partition', 'arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:db-AbCdEf'],
    ['the ARN of a parameter', 'arn:aws-cn:ssm:cn-north-1:123456789012:parameter/web/db.password'],
    ['the name of a parameter', '/web/prod/db-password'],
    ['the short name of a parameter', 'db_password'],
  ])('come from %s', (_, address) => {
    const { value, wrong } = secrets(`PASSWORD= ${address} \n`)
    expect({ value: [...value], wrong }).toEqual({ value: [['PASSWORD', address]], wrong: [] })
  })

  test.each([
    ['a value', 'correct horse battery staple'],
    ['a value with signs', 'hunter2!'],
    ['the ARN of something else', 'arn:aws:s3:::hunter2'],
    ['an ARN without its account', 'arn:aws:secretsmanager:eu-central-1::secret:hunter2'],
    ['nothing', ''],
  ])('do not come from %s, which is not shown', (_, address) => {
    expect(secrets(`PASSWORD=${address}`).wrong).toEqual([
      `Input 'secrets' must give 'PASSWORD' the ARN of a Secrets Manager secret or the name or ARN of an SSM parameter; what it gives is neither (not shown).`,
    ])
  })

  test('are refused when a name is set twice or missing', () => {
    expect(secrets('A=/a\nA=/b\n/hunter2').wrong).toEqual([
      "Input 'secrets' sets 'A' more than once.",
      `Input 'secrets' must have lines 'NAME=address'; line 3 has no '=' (not shown).`,
    ])
  })
})
