import { createRequire } from 'node:module'

type Mapping = Record<string, unknown>

/** Sends any operation of any client of this project to an endpoint. */
export function sender(endpoint: string, region = 'us-east-1') {
  const require = createRequire(import.meta.url)
  return async (name: string, operation: string, input: Mapping): Promise<Mapping> => {
    const library = require(`@aws-sdk/client-${name}`)
    const [Client] = Object.keys(library).filter((each) => /^[A-Z].*Client$/.test(each) && each !== '__Client')
    const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' }
    const client = new library[Client ?? '']({ endpoint, region, credentials, maxAttempts: 1 })
    try {
      return await client.send(new library[`${operation}Command`](input))
    } finally {
      client.destroy()
    }
  }
}
