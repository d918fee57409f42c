/** Plays the fault matrix and writes its page, `docs/faults.md`. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { playMatrix } from '../__tests__/properties/fault-matrix/matrix.ts'
import { renderPage } from '../__tests__/properties/fault-matrix/page.ts'

const { undisturbed, played } = await playMatrix()
writeFileSync(join(resolve(import.meta.dirname, '..'), 'docs', 'faults.md'), renderPage(undisturbed, played))
