export default {
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
  testSequencer: '<rootDir>/__tests__/support/slow-first.cjs',
  // Many tests wait for a rehearsal or for HTTP on loopback; jest by itself leaves a core free.
  maxWorkers: 3,
  // The longest that a timer can be: a busy machine fails no test, and what hangs is ended by the limit of the job.
  testTimeout: 2 ** 31 - 1,
  transformIgnorePatterns: ['/node_modules/(?!@actions/(languageservice|workflow-parser)/)'],
  transform: {
    '/node_modules/@actions/(languageservice|workflow-parser)/.+\\.js$': '<rootDir>/__tests__/support/json-imports.cjs',
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  watchman: false,
}
