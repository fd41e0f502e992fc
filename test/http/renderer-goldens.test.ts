import { expect, onTestFinished, test } from 'vitest'
import { upnpRouter } from '../../src/http/upnp-endpoints/upnp-routes.ts'
import { NO_FACTS } from '../../src/library/facts/facts-source.ts'
import { Library } from '../../src/library/library.ts'
import { SubtitleCatalog } from '../../src/library/subtitles/subtitle-catalog.ts'
import { silentLogger } from '../../src/log.ts'
import type { MediaFacts } from '../../src/media/probe/media-facts.ts'
import { deviceDescription } from '../../src/upnp/description/description.ts'
import { newUdn } from '../../src/upnp/description/names.ts'
import { MediaServer } from '../../src/upnp/media-server.ts'
import { DEFAULT_PROFILE } from '../../src/upnp/renderers/renderer-profile.ts'
import { Renderers } from '../../src/upnp/renderers/renderers.ts'
import { sourceProtocolInfoFor } from '../../src/upnp/renderers/resource-info.ts'
import { Traffic } from '../../src/upnp/traffic/traffic.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { FakeSession, FakeTorrent } from '../helpers/fake-session.ts'
import { type RawAnswer, send, startHttpServer } from '../helpers/http-client.ts'
import { FIXTURES, goldenPath, type RendererFixture } from '../helpers/renderer-fixture.ts'
import {
  BROWSE,
  CONNECTION_MANAGER,
  CONTENT_DIRECTORY,
  objectsOf,
  outputsOf,
  soapBody,
} from '../helpers/soap-request.ts'
import { memoryStore, TorrentShelf } from '../helpers/torrent-shelf.ts'

const NAMES = [
  'A/B: "Fílm" & Фильм.mkv',
  'b.avi',
  'c.divx',
  'd.ts',
  'e.m2ts',
  'f.mp4',
  'f.de.srt',
  'f.forced.en.srt',
  'g.mov',
  'h.flac',
  'i.wav',
  'j.m4a',
  'k.mp3',
  'l.jpg',
]

/** So that the golden files show in which sizes an image is offered. */
const IMAGE: MediaFacts = {
  ...{ kind: 'image', container: 'jpeg', title: null, cover: null },
  ...{ codec: 'JPEG', width: 1_280, height: 720 },
}

const SOUND = { channels: 2, sampleRate: 48_000, bitRate: 192_000, bitDepth: null } as const
const TRACK = { ...SOUND, language: null, title: null, isDefault: true }

/** So that they show profile names, and what else a `res` has. */
const FILM: MediaFacts = {
  ...{ kind: 'video', container: 'mp4', title: null, cover: null, durationMs: 5_025_500 },
  ...{ bitRate: 5_000_000, subtitles: [], audio: [{ ...TRACK, codec: 'AAC', profile: 'LC' }] },
  video: {
    ...{ codec: 'AVC', profile: 'High', level: '4', bitDepth: 8, isInterlaced: false },
    ...{ width: 1_920, height: 1_080, frameRate: 25 },
  },
}

const BROADCAST: MediaFacts = {
  ...FILM,
  container: 'mpeg-ts',
  audio: [{ ...TRACK, codec: 'AC-3', profile: null }],
}

const MUSIC: MediaFacts = {
  ...{ kind: 'audio', container: 'mp3', title: 'Song', cover: null, durationMs: 200_000 },
  ...{ bitRate: 192_000, audio: [{ ...TRACK, codec: 'MPEG Audio', profile: 'Layer 3' }] },
}

const FACTS: Readonly<Record<string, MediaFacts>> = {
  'd.ts': BROADCAST,
  'f.mp4': FILM,
  'k.mp3': MUSIC,
  'l.jpg': IMAGE,
}

const KNOWN_FACTS = {
  ...NO_FACTS,
  factsOf: (_: string, fileIndex: number) => FACTS[NAMES[fileIndex] ?? ''],
}

const OURS: ReadonlySet<string> = new Set(sourceProtocolInfoFor(DEFAULT_PROFILE).split(','))

const MEDIA_HEADERS = [
  ...['content-type', 'contentfeatures.dlna.org', 'transfermode.dlna.org', 'captioninfo.sec'],
]

/** What a request for something else says of the same renderer. */
function identifying(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = /^(user-agent|x-|friendlyname|dlnadevicename|accept)/i
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.test(name)))
}

async function serve({ description }: RendererFixture): Promise<number> {
  const log = silentLogger()
  const clock = new FakeClock()
  // A path with a folder would be one: the slash is put into the name itself.
  const torrent = new FakeTorrent(
    7,
    'Films',
    NAMES.map((path) => ({ path: path.replace('/', '\0'), length: 1_000 })),
  )
  const files = torrent.files.map((file) => ({
    ...file,
    components: file.components.map((name) => name.replace('\0', '/')),
  }))
  torrent.files = files
  const library = new Library({
    source: new TorrentShelf([torrent]),
    updateIds: memoryStore(5),
    facts: KNOWN_FACTS,
    subtitles: new SubtitleCatalog(),
    log,
  })
  const mediaServer = new MediaServer({
    library,
    udn: newUdn(),
    traffic: new Traffic({ log, isDebugging: false }),
    clock,
    log,
  })
  onTestFinished(() => mediaServer.close())
  const renderers = new Renderers({ clock, log })
  if (description !== undefined) renderers.describe('127.0.0.1', description)
  const facts = {
    udn: newUdn(),
    traffic: new Traffic({ log, isDebugging: false }),
    friendlyName: 'Tributary',
    version: '1.2.3',
  }
  const upnp = upnpRouter({
    description: (renderer) => deviceDescription(facts, renderer),
    mediaServer,
    renderers,
    traffic: new Traffic({ log, isDebugging: false }),
    log,
  })
  const session = new FakeSession(torrent)
  return startHttpServer({ session, upnp, renderers, facts: KNOWN_FACTS })
}

test.each(FIXTURES)('$rule gets what its golden file says', async (fixture) => {
  const port = await serve(fixture)
  const headers = identifying(fixture.requests[0]?.headers ?? {})
  const device = await send(port, 'GET', '/rootDesc.xml', headers)
  const folder = await browse(port, headers)
  const { Result = '' } = await outputsOf(folder.body.toString())
  const { items } = await objectsOf(Result)
  const media = await Promise.all(
    items.map(async ({ res }) => {
      const { pathname } = new URL(res?.[0]?._ ?? '')
      const answer = await send(port, 'HEAD', pathname, headers)
      const [, , mimeType, features] = res?.[0]?.$.protocolInfo?.split(':') ?? []
      expect(answer.headers['content-type']).toBe(mimeType)
      expect(answer.headers['contentfeatures.dlna.org']).toBe(features)
      return [pathname, ...MEDIA_HEADERS.flatMap((name) => answer.headers[name] ?? [])].join(' | ')
    }),
  )
  const source = await protocolInfo(port, headers)
  for (const { res } of items) {
    const [, , mimeType, features = ''] = res?.[0]?.$.protocolInfo?.split(':') ?? []
    const [name] = /DLNA\.ORG_PN=\w+/.exec(features) ?? ['*']
    expect(source).toContain(`http-get:*:${mimeType}:${name}`)
    expect(source).toContain(`http-get:*:${mimeType}:*`)
  }
  const golden = [
    '== device description',
    ...lines(device.body.toString()).filter((line) => /<(sec:|model|manuf|friendly)/.test(line)),
    '== answer to Browse, Result unescaped once',
    ...resultLines(folder),
    '== media',
    ...media,
    '== GetProtocolInfo, what others do not get',
    ...source.filter((entry) => !OURS.has(entry)),
  ]
  const text = golden.join('\n').replaceAll(`:${port}/`, ':3030/')
  await expect(`${text}\n`).toMatchFileSnapshot(goldenPath(fixture.rule))
})

function browse(port: number, headers: Readonly<Record<string, string>>): Promise<RawAnswer> {
  const args = { ...BROWSE, ObjectID: new FakeTorrent(7, '', []).infoHash }
  return send(
    port,
    'POST',
    '/upnp/control/content-directory',
    headers,
    soapBody(CONTENT_DIRECTORY, 'Browse', args),
  )
}

async function protocolInfo(
  port: number,
  headers: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const path = '/upnp/control/connection-manager'
  const body = soapBody(CONNECTION_MANAGER, 'GetProtocolInfo')
  const answer = await send(port, 'POST', path, headers, body)
  return (await outputsOf(answer.body.toString())).Source?.split(',') ?? []
}

/** As it is on the wire, so that what is escaped can be seen. */
function resultLines({ status, headers, body }: RawAnswer): readonly string[] {
  const [before = '', rest = ''] = body.toString().split('<Result>')
  const [result = '', after = ''] = rest.split('</Result>')
  const unescaped = result.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  return [
    `${status} ${headers['content-type']}`,
    ...lines(before),
    ...lines(unescaped).map((line) => `  ${line}`),
    ...lines(after),
  ]
}

function lines(xml: string): readonly string[] {
  return xml.replaceAll('><', '>\n<').split('\n')
}
