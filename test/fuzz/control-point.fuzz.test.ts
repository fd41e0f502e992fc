import fc from 'fast-check'
import { expect } from 'vitest'
import { readSoapAnswer } from '../../src/renderers/control/soap-call.ts'
import { transportState, transportTime } from '../../src/renderers/control/transport-text.ts'
import { readDeviceDescription } from '../../src/renderers/description/device-description.ts'
import { readServiceFacts } from '../../src/renderers/description/service-facts.ts'
import { readSighting } from '../../src/renderers/finding/sighting.ts'
import { parseSink, spelledInSink } from '../../src/renderers/media/sink.ts'
import { type Observation, PlaybackTracker } from '../../src/renderers/playback/playback-tracker.ts'
import { RendererError } from '../../src/renderers/wire/renderer-error.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { envelope, FakeRenderer, fault } from '../helpers/fake-renderer.ts'
import { fuzz, mutated, mutatedText } from './fuzz.ts'

const renderer = new FakeRenderer(new FakeClock())
const documents = await Promise.all(
  ['/desc.xml', '/av.xml', '/rc.xml'].map(async (path) => {
    const url = new URL(path, renderer.location)
    return (await renderer.exchange({ method: 'GET', url })).body.toString()
  }),
)
const LOCATION = new URL(renderer.location)

fuzz(
  'a description leads nowhere but to its own host, or is refused in words',
  mutatedText([...documents, '<root><URLBase>http://203.0.113.7/</URLBase></root>']),
  async (text) => {
    try {
      const description = await readDeviceDescription(text, LOCATION)
      const { avTransport, renderingControl, connectionManager, iconUrl } = description
      for (const service of [avTransport, renderingControl, connectionManager]) {
        if (service === null) continue
        const { controlUrl, eventUrl, scpdUrl, serviceType } = service
        expect(serviceType).toMatch(/^[\w.:-]+$/)
        for (const url of [controlUrl, eventUrl, scpdUrl, iconUrl]) {
          if (url !== null) expect(`${url.protocol}//${url.hostname}`).toBe('http://192.168.1.20')
        }
      }
    } catch (error) {
      expect(error).toBeInstanceOf(RendererError)
    }
  },
)

fuzz('the description of a service is read or refused', mutatedText(documents), async (text) => {
  const facts = await readServiceFacts(text).catch((error) => {
    expect(error).toBeInstanceOf(Error)
    return null
  })
  for (const { minimum, maximum } of facts?.ranges.values() ?? []) {
    expect(maximum).toBeGreaterThan(minimum)
  }
})

const answers = mutatedText([
  envelope('<u:GetTransportInfoResponse xmlns:u="urn:x"><A>1</A></u:GetTransportInfoResponse>'),
  fault(701),
  '<!DOCTYPE a [<!ENTITY b "&c;&c;"><!ENTITY c "lol">]><a>&b;</a>',
])

fuzz(
  'the answer to an action is read, or told as what it is',
  fc.tuple(answers, fc.constantFrom(200, 500, 404)),
  async ([text, status]) => {
    try {
      for (const [name, value] of await readSoapAnswer('X', { status, text })) {
        expect([typeof name, typeof value]).toEqual(['string', 'string'])
      }
    } catch (error) {
      expect(error).toBeInstanceOf(RendererError)
    }
  },
)

fuzz(
  'a datagram has something fetched from its sender alone',
  mutated([
    renderer.datagram(),
    renderer.datagram('ssdp:byebye'),
    Buffer.from(renderer.datagram().toString().replace('192.168.1.20', '192.168.1.20@10.0.0.1')),
  ]),
  (datagram) => {
    const sighting = readSighting(datagram, '192.168.1.20')
    if (sighting?.kind !== 'alive') return
    expect(`${sighting.location.protocol}//${sighting.location.hostname}`).toBe(
      'http://192.168.1.20',
    )
    expect(sighting.maxAgeSeconds).toBeGreaterThanOrEqual(60)
    expect(sighting.id.length).toBeLessThanOrEqual(128)
  },
)

fuzz(
  'a sink spells a type by one that it lists',
  mutatedText(['http-get:*:video/x-mkv:*,http-get:*:audio/mpeg:DLNA.ORG_PN=MP3', '*:*:*:*']),
  (text) => {
    const spelled = spelledInSink(parseSink(text), 'video/x-matroska')
    if (spelled !== null) expect(spelled).toMatch(/^[\w.+*-]+\/[\w.+*-]+$/)
  },
)

fuzz(
  'times and states are read or not known',
  mutatedText(['0:01:30.500', '1:2/3', 'PLAYING', 'NOT_IMPLEMENTED', '99999999999']),
  (text) => {
    const time = transportTime(text)
    if (time !== null) expect(Number.isSafeInteger(time) && time >= 0).toBe(true)
    expect(['stopped', 'playing', 'paused', 'transitioning', 'unknown']).toContain(
      transportState(text),
    )
  },
)

const URL_OURS = 'http://192.168.1.2:3030/m/a/0.mkv'
const observations = fc.array(
  fc.record({
    state: fc.constantFrom('stopped', 'playing', 'paused', 'transitioning', 'unknown'),
    positionMs: fc.option(fc.integer({ min: -1_000, max: 10_000_000 })),
    durationMs: fc.option(fc.integer({ min: 1, max: 10_000_000 })),
    trackUri: fc.option(fc.constantFrom(URL_OURS, 'http://192.168.1.9/x', 'NOT_IMPLEMENTED')),
    atMs: fc.integer({ min: 0, max: 10_000_000 }),
  }),
  { maxLength: 40 },
)

fuzz(
  'whatever a renderer says, a film ends at most once and nowhere outside itself',
  observations,
  (said) => {
    const tracker = new PlaybackTracker()
    const file = { infoHash: 'a', fileIndex: 0, objectId: 'a-0', title: 'A', url: URL_OURS }
    tracker.begin({ ...file, durationMs: 60_000 }, 30_000, 0)
    let ends = 0
    for (const observation of said as readonly Observation[]) {
      for (const news of tracker.observe(observation)) {
        if (['finished', 'left', 'never-began'].includes(news.kind)) ends++
        if (news.kind === 'progress') {
          expect(news.positionMs).toBeGreaterThanOrEqual(0)
          expect(news.positionMs).toBeLessThanOrEqual(60_000)
        }
      }
    }
    expect(ends).toBeLessThanOrEqual(1)
  },
)
