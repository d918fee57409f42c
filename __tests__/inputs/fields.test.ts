import { describe, expect, test } from '@jest/globals'
import { fieldsOf, quotedList } from '../../src/inputs/fields.ts'
import { rawInputs } from '../support/simulated-release.ts'

const sentencesOf = (fields: ReturnType<typeof fieldsOf>) => fields.problems.map(({ sentence }) => sentence)

describe('a text', () => {
  test.each<[string, string | undefined]>([
    ['web', 'web'],
    [' web\r\n', 'web'],
    ['', undefined],
    [' \t\r\n', undefined],
  ])('%j is %j', (given, text) => {
    expect(fieldsOf(rawInputs({ service: given })).text('service')).toBe(text)
  })

  test('is given to the letter where white space counts', () => {
    expect(fieldsOf(rawInputs({ secrets: ' A=b \n' })).verbatim('secrets')).toBe(' A=b \n')
  })
})

test.each<[string, string[]]>([
  ['', []],
  ['\n \r\n', []],
  ['a', ['a']],
  ['a\r\n  b\n\nc\n', ['a', 'b', 'c']],
])('the lines of %j are %j', (given, lines) => {
  expect(fieldsOf(rawInputs({ alarms: given })).lines('alarms')).toEqual(lines)
})

describe('a whole number', () => {
  test.each<[string, number | undefined]>([
    ['1', 1],
    [' 20 ', 20],
    ['007', 7],
    ['', undefined],
  ])('%j is %j', (given, value) => {
    const fields = fieldsOf(rawInputs({ 'max-retries': given }))
    expect(fields.wholeNumber('max-retries', 1, 20)).toBe(value)
    expect(fields.problems).toEqual([])
  })

  test.each(['0', '21', '-1', '+1', '1.0', '1e1', '0x1', '1_0', 'soon', '1 2', '٣', '9999999999', 'Infinity', 'NaN'])(
    'is not %s',
    (given) => {
      const fields = fieldsOf(rawInputs({ 'max-retries': given }))
      expect(fields.wholeNumber('max-retries', 1, 20)).toBeUndefined()
      expect(sentencesOf(fields)).toEqual([`Input 'max-retries' must be a whole number from 1 to 20; got '${given}'.`])
    },
  )
})

describe('true or false', () => {
  test.each<[string, boolean | undefined]>([
    ['true', true],
    ['True', true],
    [' FALSE\n', false],
    ['', undefined],
  ])('%j is %j', (given, value) => {
    const fields = fieldsOf(rawInputs({ 'auto-promote': given }))
    expect(fields.trueOrFalse('auto-promote')).toBe(value)
    expect(fields.problems).toEqual([])
  })

  test.each(['yes', 'no', '1', '0', 'on', 'truee'])('is not %s', (given) => {
    const fields = fieldsOf(rawInputs({ 'auto-promote': given }))
    expect(fields.trueOrFalse('auto-promote')).toBeUndefined()
    expect(sentencesOf(fields)).toEqual([`Input 'auto-promote' must be 'true' or 'false'; got '${given}'.`])
  })
})

describe('a choice', () => {
  test.each<[string, string | undefined]>([
    [' skip\n', 'skip'],
    ['', undefined],
  ])('%j is %j', (given, value) => {
    const fields = fieldsOf(rawInputs({ 'if-unchanged': given }))
    expect(fields.choice('if-unchanged', ['release', 'skip'])).toBe(value)
    expect(fields.problems).toEqual([])
  })

  test.each(['Skip', 'never', 'toString', '__proto__'])('is not %s', (given) => {
    const fields = fieldsOf(rawInputs({ 'if-unchanged': given }))
    expect(fields.choice('if-unchanged', ['release', 'skip'])).toBeUndefined()
    expect(sentencesOf(fields)).toEqual([`Input 'if-unchanged' must be 'release' or 'skip'; got '${given}'.`])
  })
})

test('a wrong value is shown on one line, without control characters, and cut', () => {
  const fields = fieldsOf(rawInputs({ 'if-unchanged': `a\n::error::b\u001b[31m${'x'.repeat(200)}` }))
  fields.choice('if-unchanged', ['release', 'skip'])
  expect(sentencesOf(fields)).toEqual([
    `Input 'if-unchanged' must be 'release' or 'skip'; got 'a ::error::b${'x'.repeat(88)}…'.`,
  ])
})

test.each<[string[], string]>([
  [[], ''],
  [['a'], "'a'"],
  [['a', 'b'], "'a' or 'b'"],
  [['a', 'b', 'c'], "'a', 'b' or 'c'"],
])('%j is listed as %s', (choices, words) => {
  expect(quotedList(choices)).toBe(words)
})
