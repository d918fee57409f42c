import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/**
 * The text of a regular file, up to its first `maxBytes` bytes; undefined when it cannot be read. Devices, pipes and
 * folders are not read, and nothing is waited for: a file such as `/proc/kmsg` may not have an end.
 */
export function readBounded(path: string, maxBytes: number): string | undefined {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const status = fstatSync(file)
    if (!status.isFile()) return undefined
    // Files of the system say that they are empty.
    const bytes = Buffer.alloc(status.size === 0 ? maxBytes : Math.min(status.size, maxBytes))
    let length = 0
    for (;;) {
      const read = readSync(file, bytes, length, bytes.length - length, null)
      length += read
      if (read === 0 || length === bytes.length) return bytes.toString('utf8', 0, length)
    }
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
