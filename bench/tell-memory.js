/** A preload that leaves the process's peak resident memory, in KiB, in the file that BENCH_MEMORY_FILE names. */
import { writeFileSync } from 'node:fs'

const file = process.env['BENCH_MEMORY_FILE']
if (file !== undefined) process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS)))
