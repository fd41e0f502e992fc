import fc from 'fast-check'
import { expect } from 'vitest'
import {
  GATEWAY_TYPE,
  parseDescription,
  parseSearchAnswer,
} from '../../src/torrents/port-mapping/igd-message.ts'
import { parseMappingAnswer } from '../../src/torrents/port-mapping/nat-pmp.ts'
import { fuzz, mutated, mutatedText } from './fuzz.ts'

const ROUTER = '192.168.1.1'
const LOCATION = `http://${ROUTER}:5000/root.xml`
const ANSWER = `HTTP/1.1 200 OK\r\nST: ${GATEWAY_TYPE}\r\nLocation: ${LOCATION}\r\n\r\n`
const SERVICE =
  '<service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType><controlURL>/ctl</controlURL></service>'
const descriptions = fc.oneof(
  mutatedText([`<root>${SERVICE}</root>`, SERVICE.repeat(3)]),
  fc.nat(3_000).map((count) => `${'<service>'.repeat(count)}${SERVICE}`),
)

fuzz(
  'whatever answers as a router is asked at its own address only',
  fc.tuple(mutated([Buffer.from(ANSWER)]), descriptions),
  ([answer, description]) => {
    const location = parseSearchAnswer(answer, ROUTER)
    if (location !== null) expect(new URL(location).hostname).toBe(ROUTER)
    const service = parseDescription(description, LOCATION)
    if (service !== null) expect(new URL(service.controlUrl).hostname).toBe(ROUTER)
  },
)

fuzz(
  'a NAT-PMP answer says yes, no, or nothing',
  mutated([Buffer.from('00810000000000011090109000001c20', 'hex')]),
  (bytes) => {
    const answer = parseMappingAnswer(bytes, { protocol: 'udp', port: 4_240 })
    expect([true, false, null]).toContain(answer)
  },
)
