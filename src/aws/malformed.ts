/** An answer that is none: what cannot be missing in it is missing. It says nothing, like one that was cut off. */
export function malformed(what: string): Error {
  const error = new Error(`the answer has ${what}`)
  error.name = 'MalformedAnswer'
  return error
}
