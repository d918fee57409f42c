const CREDENTIAL = /\bCredential=([^/,\s]+)\/[^/]+\/[^/]+\/([^/]+)\/aws4_request/

/** Who signed a request, from its header `authorization`; undefined when nobody did. The signature is not checked. */
export function accessKeyId(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : CREDENTIAL.exec(authorization)?.[1]
}

/** The service that a request is signed for, e.g. `ecs`. */
export function signedService(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : CREDENTIAL.exec(authorization)?.[2]
}
