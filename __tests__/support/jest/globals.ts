import type * as Jest from '@jest/globals'

/** What `@jest/globals` exports, from where the runner puts it. */
export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } =
  globalThis as unknown as typeof Jest
