import fc from 'fast-check'
import { expect } from 'vitest'
import {
  literalAddress,
  parseSubscribe,
  parseUnsubscribe,
} from '../../src/upnp/eventing/event-request.ts'
import { fuzz, mutatedText } from './fuzz.ts'

const optional = (text: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> =>
  fc.option(text, { nil: undefined })

const headers = fc.record({
  nt: optional(fc.oneof(fc.constant('upnp:event'), fc.string())),
  sid: optional(mutatedText(['uuid:00000000-0000-0000-0000-000000000000'])),
  callback: optional(
    mutatedText([
      '<http://10.0.0.7:4711/event>',
      '<http://10.0.0.7/><http://10.0.0.8/>',
      '<http://[fe80::1]/>',
      '<https://10.0.0.7/><ftp://10.0.0.7/>',
      '<http://10.0.0.7@10.0.0.8/>',
      '<http:\u1100//10.0.0.7>',
    ]),
  ),
  timeout: optional(mutatedText(['Second-300', 'Second-infinite', 'Second-99999999999'])),
})

fuzz(
  'a subscription leads to its subscriber alone, for half an hour at most',
  headers,
  (fields) => {
    parseUnsubscribe(fields)
    const request = parseSubscribe(fields, '::ffff:10.0.0.7')
    if (request.kind === 'refused') return
    expect(request.timeoutSeconds).toBeGreaterThan(0)
    expect(request.timeoutSeconds).toBeLessThanOrEqual(1_800)
    if (request.kind === 'renew') return
    expect(request.callbackUrls.length).toBeGreaterThan(0)
    for (const url of request.callbackUrls) {
      expect(url.protocol).toBe('http:')
      expect(literalAddress(url)).toBe('10.0.0.7')
    }
  },
)
