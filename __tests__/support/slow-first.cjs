const { default: TestSequencer } = require('@jest/test-sequencer')

/** Files that take longest, the longest first: one that begins last would run alone while a core has nothing to do. */
const SLOW = [
  'fault-matrix/fault-matrix',
  'assumptions/assumptions',
  'fuzz-releases',
  'rehearse',
  'bundle',
  'faults',
  'rehearsal/workflows',
  'hundred-releases',
  'operations/rollback',
  'operations/never-others',
  'random-releases',
  'release',
]

/** Begins with the slow files also where nobody has run the tests before, as in a fresh clone. */
module.exports = class SlowFirst extends TestSequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = SLOW.findIndex((name) => path.replaceAll('\\', '/').endsWith(`/__tests__/${name}.test.ts`))
      return place < 0 ? SLOW.length : place
    }
    return super.sort(tests).sort((one, other) => rank(one) - rank(other))
  }
}
