import { renameSync, writeFileSync } from 'node:fs'

/** A hook that leaves the answer to somebody else, who finds its event in the file that INTEROP_HOOK_EVENT names. */
export const handler = async (event) => {
  const file = process.env.INTEROP_HOOK_EVENT
  writeFileSync(`${file}.part`, JSON.stringify(event))
  renameSync(`${file}.part`, file)
}
