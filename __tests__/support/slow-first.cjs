const { default: TestSequencer } = require('@jest/test-sequencer')

/** Files that take longest, the longest first: one that begins last would run alone while a core has nothing to do. */
const SLOW = [
  'properties/fault-matrix/fault-matrix',
  'properties/assumptions/assumptions',
  'tools/simulator/invariants',
  'properties/fuzz-releases',
  'tools/rehearse',
  'bundle/bundle',
  'scenarios/faults',
  'tools/rehearsal/workflows',
  'properties/hundred-releases',
  'operations/rollback',
  'properties/never-others',
  'properties/random-releases',
  'scenarios/release',
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
