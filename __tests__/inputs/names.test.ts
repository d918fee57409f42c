import { expect, test } from '@jest/globals'
import { hookInputOf, LIFECYCLE_HOOKS } from '../../src/inputs/hooks.ts'

test('every lifecycle event that can have a hook has an input named after it', () => {
  const kebabCase = (event: string) => event.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
  expect(LIFECYCLE_HOOKS.map(hookInputOf)).toEqual(LIFECYCLE_HOOKS.map((event) => `${kebabCase(event)}-hook`))
})
