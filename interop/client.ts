/** A client program, with what it has to do against the simulator; or why it is not tried. */
export type Client = { name: string; checks: Check[] } | { name: string; skipped: string }

export interface Check {
  /** What the client does, in a few words. */
  what: string
  /** Resolves to what was seen; rejects with a sentence when that is not what it would be with AWS. */
  run(): Promise<string>
}

/** Throws the sentence unless the claim holds; what the program wrote follows it. */
export function expectThat(claim: boolean, sentence: string, output = ''): void {
  if (!claim) throw new Error(output === '' ? sentence : `${sentence} It wrote: ${output.trim()}`)
}
