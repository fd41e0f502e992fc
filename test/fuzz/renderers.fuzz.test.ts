import fc from 'fast-check'
import { expect } from 'vitest'
import { silentLogger } from '../../src/log.ts'
import { RendererDescriptions } from '../../src/upnp/renderers/renderer-descriptions.ts'
import { RENDERER_RULES } from '../../src/upnp/renderers/renderer-table.ts'
import { Renderers } from '../../src/upnp/renderers/renderers.ts'
import { parseRulesFile } from '../../src/upnp/renderers/rules-file.ts'
import { Anonymizer } from '../../src/upnp/traffic/anonymizer.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { FIXTURES, lowerCaseNames } from '../helpers/renderer-fixture.ts'
import { fuzz, mutated, mutatedText } from './fuzz.ts'

const RULE_IDS = new Set(RENDERER_RULES.map(({ id }) => id))
const IDS = [...RULE_IDS, 'default']

const requests = FIXTURES.flatMap(({ requests }) => requests)
const names = [...new Set(requests.flatMap(({ headers }) => Object.keys(lowerCaseNames(headers))))]
const values = mutatedText([...new Set(requests.flatMap(({ headers }) => Object.values(headers)))])
const descriptions = fc.dictionary(
  fc.constantFrom('manufacturer', 'modelName', 'modelNumber', 'modelDescription', 'friendlyName'),
  values,
)

const renderers = new Renderers({ clock: new FakeClock(), log: silentLogger() })

fuzz(
  'a request with any headers gets the profile of one rule',
  fc.tuple(fc.dictionary(fc.constantFrom(...names), values), fc.ipV4(), descriptions),
  ([headers, address, description]) => {
    renderers.describe(address, description)
    const { id, mimeTypes } = renderers.profileFor({ address, headers, asked: 'GET /' })
    expect(IDS).toContain(id)
    for (const type of Object.values(mimeTypes)) expect(type).toMatch(/^[\w.+-]+\/[\w.+-]+$/)
    expect(renderers.known.length).toBeLessThanOrEqual(256)
  },
)

const rulesFiles = mutatedText([
  '{"renderers":[{"address":"192.168.1.20","rule":"sharp"}]}',
  '{"renderers":[{"address":"fe80::1","set":{"mimeTypes":{"mkv":"video/divx"},"date":false}}]}',
  '{"renderers":[{"address":"10.0.0.1","set":{"captions":{"header":"never"},"titleCharacters":{"/":":"}}}]}',
])

fuzz('a rules file is read whole or refused with a reason', rulesFiles, (text) => {
  try {
    for (const { rule = 'sharp', set } of parseRulesFile(text, RULE_IDS)) {
      expect(RULE_IDS.has(rule)).toBe(true)
      expect(JSON.stringify(set ?? {})).not.toMatch(/\\[rn]|\\u00/)
    }
  } catch (error) {
    expect(error instanceof Error && error.message !== '').toBe(true)
  }
})

const advertisements = mutated([
  Buffer.from(
    'NOTIFY * HTTP/1.1\r\nLOCATION: http://10.0.0.7:1792/a?b\r\nNTS: ssdp:alive\r\n' +
      'NT: urn:schemas-upnp-org:device:MediaRenderer:1\r\n\r\n',
  ),
  Buffer.from('NOTIFY * HTTP/1.1\r\nLOCATION: http://10.0.0.7@10.0.0.8/\r\n\r\n'),
])
const deviceDescriptions = mutatedText([
  '<root xmlns="urn:schemas-upnp-org:device-1-0"><device><modelName>LG</modelName></device></root>',
  '<!DOCTYPE a [<!ENTITY b "&c;&c;"><!ENTITY c "lol">]><root><device>&b;</device></root>',
])

fuzz(
  'a description is fetched from whoever advertises it alone',
  fc.tuple(advertisements, deviceDescriptions),
  async ([datagram, xml]) => {
    const fetched: URL[] = []
    const described: string[] = []
    const heard = new RendererDescriptions({
      describe: (address) => described.push(address),
      fetchText: async (url) => {
        fetched.push(url)
        return xml
      },
      clock: new FakeClock(),
      log: silentLogger(),
    })
    heard.hear(datagram, '10.0.0.7')
    await new Promise((resolve) => setImmediate(resolve))
    for (const { hostname, protocol } of fetched) {
      expect(`${protocol}//${hostname}`).toBe('http://10.0.0.7')
    }
    for (const address of described) expect(address).toBe('10.0.0.7')
  },
)

fuzz('no real address is left in what is shown', fc.tuple(values, fc.ipV4()), ([text, address]) => {
  const shown = new Anonymizer().text(`${text}\nHOST: ${address}:3030\n<http://${address}/>`)
  const [host, callback] = shown.split('\n').slice(-2)
  expect(host).toMatch(/^HOST: 192\.0\.2\.\d+:3030$/)
  expect(callback).toMatch(/^<http:\/\/192\.0\.2\.\d+\/>$/)
})
