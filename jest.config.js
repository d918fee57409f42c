export default {
  // In bare Node: jest's own runner compiles every package anew for each of two hundred files, and slows each global down.
  runner: 'jest-light-runner',
  setupFiles: ['<rootDir>/__tests__/support/jest/resolve.ts'],
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  testSequencer: '<rootDir>/__tests__/support/jest/slow-first.cjs',
  // Many tests wait for a rehearsal or for HTTP on loopback, and the longest for nothing else.
  maxWorkers: 3,
  watchman: false,
}
