const { default: TestSequencer } = require('@jest/test-sequencer')

/** Files that take longest, the longest first: one that begins last would run alone while a core has nothing to do. */
const SLOW = [
  'tools/rehearse',
  'tools/rehearsal/workflows',
  'properties/fault-matrix/fault-matrix',
  'bundle/bundle',
  'properties/assumptions/assumptions',
  'properties/kill',
  'tools/simulator/invariants',
  'properties/fuzz-releases',
  'examples/killed-workflows',
  'bundle/credentials',
  'bundle/github',
  'bundle/operations',
  'tools/simulator/main',
  'tools/simulator/scaled-time',
  'scenarios/faults',
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
