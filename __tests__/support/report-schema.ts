import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { Ajv } from 'ajv'
import type { Release } from '../../src/release-state.ts'
import { renderReport } from '../../src/report/report-json.ts'

const schemaPath = join(import.meta.dirname, '..', '..', 'docs', 'report.schema.json')
const validate = new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(readFileSync(schemaPath, 'utf8')))

/** The report of the release is what `docs/report.schema.json` says. */
export function expectValidReport(release: Release): void {
  validate(JSON.parse(renderReport(release)))
  expect(validate.errors ?? []).toEqual([])
}
