/**
 * bench:browse: how fast a folder of very many files is browsed and searched over HTTP. For each request
 * the time of the first, which may have to sort or search, and the median of those that page on; then
 * the longest that the event loop was held up meanwhile.
 *
 * `npm run build && npm run bench:browse -- 10000`
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { flatTorrent } from './files/many-files.ts'
import { WatchedServer } from './files/watched-server.ts'
import { peakMemoryMb } from './process-usage.ts'
import { median } from './report/statistics.ts'

const CONTENT_DIRECTORY = 'urn:schemas-upnp-org:service:ContentDirectory:1'
const DEFAULT_COUNTS = [10_000]
const PAGE = 50
const PAGES = 20
const given = process.argv.slice(2).map(Number)

async function bench(files: number): Promise<void> {
  const { torrentFile, infoHash } = flatTorrent(files)
  const folder = await mkdtemp(join(tmpdir(), 'trib-browse-'))
  await writeFacts(join(folder, '.tributary', 'facts'), { infoHash, files })
  const server = await WatchedServer.start(folder)
  try {
    await server.longestDelayMs()
    const began = performance.now()
    await post(`${server.base}/torrents?overwrite=true`, torrentFile)
    await filesIn(server, 'V', files)
    const added = performance.now() - began
    console.log(`\n${files} files in one folder; seen in all views after ${added.toFixed(0)} ms,`)
    console.log(`event loop held for ${(await server.longestDelayMs()).toFixed(0)} ms at most\n`)
    console.log(
      'request                                          first ms  others ms  loop held ms',
    )
    for (const SortCriteria of SORTS) {
      const name = `page of ${PAGE}, sorted by ${SortCriteria || 'default'}`
      const args = {
        ObjectID: `${infoHash}-d1-0`,
        BrowseFlag: 'BrowseDirectChildren',
        SortCriteria,
      }
      await measure(server, name, 'Browse', args)
    }
    for (const [name, id] of VIEWS) {
      const args = { ObjectID: id, BrowseFlag: 'BrowseDirectChildren', SortCriteria: '' }
      await measure(server, `page of ${PAGE}, ${name}`, 'Browse', args)
    }
    for (const [SearchCriteria, SortCriteria] of SEARCHES) {
      const name = `${SearchCriteria} ${SortCriteria}`
      await measure(server, name, 'Search', { ContainerID: '0', SearchCriteria, SortCriteria })
    }
    console.log(`\npeak memory ${peakMemoryMb(server.pid).toFixed(0)} MB`)
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const SORTS = [
  ...['', '+dc:title', '-dc:title', '-res@size', '+upnp:episodeNumber', '+upnp:class,+dc:title'],
  ...['+res@duration', '-res@bitrate,+dc:title', '+res@resolution', '+upnp:genre'],
]

/** As if all files had been probed. */
async function writeFacts(
  folder: string,
  { infoHash, files }: { readonly infoHash: string; readonly files: number },
): Promise<void> {
  const audio = {
    ...{ codec: 'AAC', profile: 'LC', channels: 6, sampleRate: 48_000, bitRate: 384_000 },
    ...{ bitDepth: null, language: 'en', title: null, isDefault: true },
  }
  const lines = Array.from({ length: files }, (_, file) => {
    const facts = {
      ...{ kind: 'video', container: 'matroska', title: `Show ${file}`, cover: null },
      ...{ durationMs: 1_200_000 + ((file * 7_919) % 3_600_000), bitRate: 4_000_000 + file },
      ...{ audio: [audio, audio], tags: { genre: `Genre ${file % 12}`, artist: `A ${file % 99}` } },
      video: {
        ...{ codec: 'AVC', profile: 'High', level: '4', bitDepth: 8, width: 1_920 },
        ...{ height: file % 2 === 0 ? 1_080 : 800, frameRate: 24, isInterlaced: false },
      },
      subtitles: [],
    }
    return JSON.stringify({ file, facts })
  })
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${infoHash}.jsonl`), `${lines.join('\n')}\n`)
}

const VIEWS = [
  ['Video', 'V'],
  ['Series', 'S'],
] as const

const SEARCHES = [
  ['*', ''],
  ['upnp:class derivedfrom "object.item.videoItem"', ''],
  ['dc:title contains "9"', ''],
  ['dc:title contains "nothing"', ''],
  ['upnp:episodeNumber > "50" and @refID exists false', ''],
  ['upnp:class derivedfrom "object.item"', '-dc:title'],
  ['res@duration > "1:00:00"', '+res@duration'],
  ['upnp:genre contains "7" or upnp:artist = "A 5"', ''],
] as const

async function measure(
  server: WatchedServer,
  name: string,
  action: string,
  args: Readonly<Record<string, string>>,
): Promise<void> {
  await sleep(50)
  await server.longestDelayMs()
  const times: number[] = []
  for (let page = 0; page < PAGES; page++) {
    const StartingIndex = String(page * PAGE)
    const slice = { Filter: '*', StartingIndex, RequestedCount: String(PAGE) }
    const began = performance.now()
    await invoke(server, action, { ...args, ...slice })
    times.push(performance.now() - began)
  }
  const [first = Number.NaN, ...others] = times
  const held = await server.longestDelayMs()
  const numbers = [first, median(others) ?? Number.NaN, held].map((ms) => ms.toFixed(1).padStart(9))
  console.log(`${name.slice(0, 48).padEnd(48)} ${numbers.join('  ')}`)
}

async function filesIn(server: WatchedServer, id: string, count: number): Promise<void> {
  for (;;) {
    const args = { ObjectID: id, BrowseFlag: 'BrowseDirectChildren', RequestedCount: '1' }
    if ((await invoke(server, 'Browse', args)).includes(`<TotalMatches>${count}<`)) return
    await sleep(20)
  }
}

function invoke(
  server: WatchedServer,
  action: string,
  args: Readonly<Record<string, string>>,
): Promise<string> {
  const inputs = Object.entries(args).map(
    ([name, value]) => `<${name}>${value.replaceAll('<', '&lt;')}</${name}>`,
  )
  const body = `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
 s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>
<u:${action} xmlns:u="${CONTENT_DIRECTORY}">${inputs.join('')}</u:${action}>
</s:Body></s:Envelope>`
  return post(`${server.base}/upnp/control/content-directory`, body, {
    'Content-Type': 'text/xml; charset="utf-8"',
    SOAPACTION: `"${CONTENT_DIRECTORY}#${action}"`,
  })
}

async function post(
  url: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const answer = await fetch(url, { method: 'POST', body, headers })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`)
  return text
}

for (const files of given.length > 0 ? given : DEFAULT_COUNTS) await bench(files)
