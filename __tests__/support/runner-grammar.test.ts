import { describe, expect, test } from '@jest/globals'
import { commandsIn, expectOnlyOurCommands } from './runner-grammar.ts'

describe('the model of the runner', () => {
  test.each([
    ['at the start of a line', '::set-output name=status::succeeded', 'set-output'],
    ['behind white space', ' \t ::Stop-Commands::x', 'stop-commands'],
    ['after a carriage return', 'fine\r::set-env name=PATH::/tmp', 'set-env'],
    ['in mid-line, in the old form', 'fine ##[error]boo', 'error'],
    ['behind a third number sign', '###[add-path]x', 'add-path'],
    ['with what weighs nothing in it', ':\u200b:notice\u0000::x', 'notice'],
    ['with what encloses in it', '#\u20dd#[Add-Mask]a', 'add-mask'],
    ['of a name that there is not yet', '::novelty a=b,c=d::x', 'novelty'],
  ])('finds a command %s, and it is not ours', (_, output, name) => {
    expect(commandsIn(`one\n${output}\ntwo`).map((command) => command.name)).toEqual([name])
    expect(() => expectOnlyOurCommands(output)).toThrow('not ours')
  })

  test.each([': :error::x', 'see ::error::x', '::no command', '# #[error]x', '[##--------]  20 %'])(
    'finds none in %s',
    (output) => {
      expect(commandsIn(output)).toEqual([])
    },
  )

  test('takes groups that come in pairs and one annotation', () => {
    const group = '::group::Checks\n::endgroup::\n'
    expect(() => expectOnlyOurCommands(`${group}${group}::error title=x::y\n`)).not.toThrow()
    expect(() => expectOnlyOurCommands(`${group}::endgroup::\n`)).toThrow('in pairs')
    expect(() => expectOnlyOurCommands('::group::a\n::group::b\n')).toThrow('in pairs')
    expect(() => expectOnlyOurCommands('::error::a\n::error::b\n')).toThrow('2 annotations')
  })

  test('takes outputs on the log only where there is no file for them', () => {
    expect(() => expectOnlyOurCommands('::set-output name=status::failed')).toThrow('not ours')
    expect(() => expectOnlyOurCommands('::set-output name=status::failed', false)).not.toThrow()
  })
})
