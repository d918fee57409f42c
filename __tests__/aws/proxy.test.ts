import { describe, expect, test } from '@jest/globals'
import { nameOfProxy, proxyEnvironment, proxyFor, proxyRefusal, readProxies } from '../../src/aws/proxy.ts'

const ECS = new URL('https://ecs.us-east-1.amazonaws.com')

/** How the proxy of a request to ECS is named; undefined when there is none. */
function named(environment: Record<string, string>): string | undefined {
  const proxy = proxyFor(readProxies(environment), ECS)
  return proxy && nameOfProxy(proxy)
}

test.each([
  ['HTTPS_PROXY', 'http://proxy.example:3128'],
  ['https_proxy', 'proxy.example:3128'],
  ['Https_Proxy', ' proxy.example:3128/ '],
])('%s=%s is a proxy, with or without a scheme', (variable, address) => {
  expect(named({ [variable]: address })).toBe(`the proxy 'proxy.example:3128' of ${variable}`)
  expect(proxyEnvironment(readProxies({ [variable]: address }))).toEqual({
    https_proxy: 'http://proxy.example:3128/',
  })
})

test('a proxy is named without its user and password, which are used', () => {
  const environment = { HTTPS_PROXY: 'user:hunter2@proxy.example:3128' }
  expect(named(environment)).toBe("the proxy 'proxy.example:3128' of HTTPS_PROXY")
  expect(proxyEnvironment(readProxies(environment)).https_proxy).toBe('http://user:hunter2@proxy.example:3128/')
})

test('lower case comes first, and the proxy of the other scheme is none', () => {
  expect(named({ HTTPS_PROXY: 'upper:1', https_proxy: 'lower:2' })).toContain("'lower:2'")
  expect(named({ HTTP_PROXY: 'plain:1' })).toBeUndefined()
  expect(named({ HTTPS_PROXY: ' ' })).toBeUndefined()
})

test.each([
  ['*', false],
  ['ecs.us-east-1.amazonaws.com', false],
  ['ECS.us-east-1.amazonaws.com:443', false],
  ['localhost, .amazonaws.com', false],
  ['localhost *.amazonaws.com', false],
  ['ecs.us-east-1.amazonaws.com:8443', true],
  ['amazonaws.com', true],
  ['.us-west-2.amazonaws.com', true],
  ['', true],
])('NO_PROXY=%s leaves the proxy in the way to ECS: %s', (bypass, isUsed) => {
  expect(named({ HTTPS_PROXY: 'proxy:1', NO_PROXY: bypass }) !== undefined).toBe(isUsed)
})

test('nothing on this machine goes through a proxy', () => {
  const proxies = readProxies({ HTTP_PROXY: 'proxy:1', HTTPS_PROXY: 'proxy:1' })
  for (const address of ['http://127.0.0.1:4566', 'https://localhost', 'http://[::1]:1']) {
    expect(proxyFor(proxies, new URL(address))).toBeUndefined()
  }
})

describe('a request is not sent', () => {
  const refusal = (address: string, nodeVersion: string) => {
    const proxy = proxyFor(readProxies({ HTTPS_PROXY: address }), ECS)
    return proxy && proxyRefusal(proxy, nodeVersion)
  }

  test.each(['24.4.0', '24.4.1', '22.19.0'])('past a proxy that Node %s would ignore', (version) => {
    expect(refusal('proxy:3128', version)).toBe(
      `Requests to AWS are to go through the proxy 'proxy:3128' of HTTPS_PROXY, and the Node.js ${version} of this runner cannot use one. Update the runner to a version with Node.js 24.5 or newer, or name the endpoints of AWS in NO_PROXY if they can be reached without a proxy.`,
    )
  })

  test.each(['24.5.0', '24.21.0', '26.0.0'])('for no such reason with Node %s', (version) => {
    expect(refusal('proxy:3128', version)).toBeUndefined()
  })

  test.each(['socks5://proxy:1080', 'http://', 'http://a b'])('when %s is no proxy that can be used', (address) => {
    expect(refusal(address, '24.21.0')).toMatch(/^HTTPS_PROXY names no http or https proxy, and no other can be used\./)
    expect(proxyEnvironment(readProxies({ HTTPS_PROXY: address }))).toEqual({})
  })
})
