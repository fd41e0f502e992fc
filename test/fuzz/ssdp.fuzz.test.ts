import fc from 'fast-check'
import { expect } from 'vitest'
import { parseSearch } from '../../src/upnp/discovery/ssdp-message.ts'
import { fuzz, mutated } from './fuzz.ts'

const SEARCH = [
  'M-SEARCH * HTTP/1.1',
  'HOST: 239.255.255.250:1900',
  'MAN: "ssdp:discover"',
  'MX: 3',
  'ST: ssdp:all',
  'USER-AGENT: Linux/3.10 UPnP/1.0 TV/1.0',
  '',
  '',
].join('\r\n')

const datagrams = fc.oneof(
  mutated([Buffer.from(SEARCH), Buffer.from(SEARCH.replaceAll('\r\n', '\n'))]),
  fc.tuple(fc.nat(5_000), fc.constantFrom(' ', ':', '"', '\r', '\t')).map(([count, character]) => {
    return Buffer.from(SEARCH.replace('ssdp:all', character.repeat(count)))
  }),
)

fuzz('an SSDP datagram is a search or nothing', datagrams, (datagram) => {
  const search = parseSearch(Buffer.from(datagram).toString())
  if (search === null) return
  expect(search.searchTarget).not.toBe('')
  expect(search.maxWaitSeconds).toBeGreaterThanOrEqual(1)
  expect(search.maxWaitSeconds).toBeLessThanOrEqual(5)
})
