import { IncomingMessage, validateHeaderName, validateHeaderValue } from 'node:http'
import { Socket } from 'node:net'
import fc from 'fast-check'
import { expect } from 'vitest'
import { AccessRules } from '../../src/http/access/access-rules.ts'
import { guardChange } from '../../src/http/access/change-guard.ts'
import { namesUs } from '../../src/http/access/host-names.ts'
import { PasswordAttempts } from '../../src/http/access/password-attempts.ts'
import { answerMedia } from '../../src/http/media-files/media-answer.ts'
import { ApiError } from '../../src/http/messages/api-error.ts'
import { originOf } from '../../src/http/messages/forwarded.ts'
import { silentLogger } from '../../src/log.ts'
import { parseInfoHash } from '../../src/torrents/metainfo/info-hash.ts'
import { profileOf } from '../../src/upnp/renderers/renderer-rule.ts'
import { RENDERER_RULES } from '../../src/upnp/renderers/renderer-table.ts'
import { fuzz, mutatedText } from './fuzz.ts'

const hosts = mutatedText([
  '127.0.0.1:3030',
  '[::1]:3030',
  'den.local',
  'evil.example',
  'localhost.',
])
const fields = fc.dictionary(
  fc.constantFrom(
    ...['origin', 'sec-fetch-site', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port'],
    ...['x-forwarded-proto', 'x-forwarded-prefix', 'forwarded', 'authorization', 'if-range'],
    ...['range', 'timeseekrange.dlna.org', 'transfermode.dlna.org', 'playspeed.dlna.org'],
    ...['getcontentfeatures.dlna.org', 'getavailableseekrange.dlna.org', 'realtimeinfo.dlna.org'],
    ...['getmediainfo.sec', 'getcaptioninfo.sec', 'scid.dlna.org', 'peermanager.dlna.org'],
  ),
  mutatedText([
    ...['http://127.0.0.1:3030', 'cross-site', '10.0.0.1, 127.0.0.1', 'for="[::1]:80";proto=https'],
    ...['Basic YW5uOnB3', 'Basic', 'bytes=0-1', 'npt=0-', 'Streaming', 'speed=2', '/a/b/', '443'],
    ...['1', 'Interactive', 'DLNA.ORG_TLAG=*', 'npt=0:05:35.3-0:37:00.0/*', 'speed=-1/2'],
  ]),
)

function requestWith(host: string, headers: Record<string, string>): IncomingMessage {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: '10.0.0.7' })
  const request = new IncomingMessage(socket)
  request.headers = { ...headers, host }
  return request
}

fuzz(
  'no header lets somebody on the LAN change anything',
  fc.tuple(hosts, fields),
  ([host, headers]) => {
    const request = requestWith(host, headers)
    const auth = { user: 'ann', password: 'long and secret' }
    const attempts = new PasswordAttempts(() => 0, silentLogger())
    const options = { trustProxy: true, trustLoopback: true, ownNames: ['den'] }
    for (const wanted of [auth, null]) {
      const rules = new AccessRules({ ...options, auth: wanted }, attempts)
      expect(() => guardChange(request, rules)).toThrow(ApiError)
    }
  },
)

fuzz(
  'the address that clients are told is made of a host, a port and a clean path',
  fields,
  (headers) => {
    const { authority, prefix } = originOf(requestWith('10.0.0.1:3030', headers), true)
    expect(URL.canParse(`http://${authority}${prefix}/x`) || !namesUs(authority, new Set())).toBe(
      true,
    )
    expect(prefix).toMatch(/^(\/[^/\s"<>]+)*$/)
  },
)

const FACTS = {
  infoHash: parseInfoHash('ab'.repeat(20)),
  addedAt: new Date(0),
  file: { index: 0, components: ['film.mkv'], length: 1_000 },
}

fuzz(
  'media are answered 200, 206, 400, 406 or 416, with headers that can be sent',
  fc.tuple(fields, fc.constantFrom(...RENDERER_RULES)),
  ([request, rule]) => {
    if (FACTS.infoHash === null) return
    const facts = { ...FACTS, infoHash: FACTS.infoHash, durationMs: 90_061 }
    try {
      const { status, headers } = answerMedia(facts, request, profileOf(rule))
      expect([200, 206]).toContain(status)
      for (const [name, value] of Object.entries(headers)) {
        validateHeaderName(name)
        validateHeaderValue(name, String(value))
      }
    } catch (error) {
      expect(error instanceof ApiError && [400, 406, 416].includes(error.status)).toBe(true)
    }
  },
)
