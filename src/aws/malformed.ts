/** An answer that is none: what cannot be missing in it is missing. It says nothing, like one that was cut off. */
export function malformed(what: string): Error {
  const error = new Error(`${what} in the answer`)
  error.name = 'MalformedAnswer'
  return error
}
