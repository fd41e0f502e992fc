/**
 * bench:scale: a server that has ten thousand torrents, most of them paused or finished: how long it takes
 * to be back after a restart, what it holds and uses when nothing happens, and how fast it answers.
 *
 * `npm run build && npm run bench:scale -- 10000`
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WatchedServer } from './files/watched-server.ts'
import { cpuSeconds, memoryMb, peakMemoryMb } from './process-usage.ts'
import { median } from './report/statistics.ts'
import { madeTorrent, makeDataFolder } from './scale/many-torrents.ts'

const CONTENT_DIRECTORY = 'urn:schemas-upnp-org:service:ContentDirectory:1'
const IDLE_MS = 30_000
const LATER_MS = 90_000
const REPEATS = 20
const LONGEST_WAIT_MS = 180_000

interface Listed {
  readonly info_hash: string
  readonly stats?: { readonly state: string }
}

/** What a server of ten thousand is held to. */
const LIMITS: Readonly<Record<string, number>> = {
  'restart: first answer, ms': 5_000,
  'restart: all torrents, ms': 20_000,
  'memory, MB': 400,
  'idle processor time, %': 2,
  'event loop held for at most, ms': 50,
  'list with statistics, ms': 300,
  'a page of Browse, ms': 20,
  'add, ms': 50,
  'remove, ms': 50,
}

async function bench(count: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'trib-scale-'))
  let server: WatchedServer | null = null
  try {
    makeDataFolder(folder, count)
    console.log(`\n${count} torrents\n`)
    // The first start is that of a version that has never seen this folder.
    for (const start of ['first start', 'restart']) {
      const began = performance.now()
      server = await WatchedServer.start(folder, ['--no-on-demand'])
      say(`${start}: first answer, ms`, performance.now() - began)
      say('until then the event loop was held for, ms', await server.longestDelayMs())
      await settled(server.base, count, began, start)
      say('event loop held for at most, ms', await server.longestDelayMs())
      if (start === 'restart') break
      const stopping = performance.now()
      await server.stop()
      say('stop, ms', performance.now() - stopping)
    }
    if (server === null) return
    server.restMeasuring()
    await sleep(5_000)
    say('half a minute after the start, %', await processorShare(server.pid, IDLE_MS))
    say('idle processor time, %', await processorShare(server.pid, LATER_MS))
    say('memory, MB', memoryMb(server.pid))
    await server.longestDelayMs()
    await requests(server.base, count)
    await changes(server.base, count)
    say('event loop held for at most, ms', await server.longestDelayMs())
    say('memory at the end, MB', memoryMb(server.pid))
    say('memory at most, MB', peakMemoryMb(server.pid))
  } finally {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Of one processor, in percent, all threads together. */
async function processorShare(pid: number, forMs: number): Promise<number> {
  const before = cpuSeconds(pid)
  await sleep(forMs)
  return ((cpuSeconds(pid) - before) / (forMs / 1_000)) * 100
}

/** Until all are listed, and none is being looked at. */
async function settled(base: string, count: number, began: number, start: string): Promise<void> {
  let isListed = false
  for (;;) {
    const torrents = await list(base)
    if (!isListed && torrents.length === count) {
      isListed = true
      say(`${start}: all listed, ms`, performance.now() - began)
    }
    const states = torrents.map(({ stats }) => stats?.state)
    const settling = states.filter((state) => state === 'initializing').length
    if (isListed && settling === 0 && (await filesShown(base)) >= count) {
      say(`${start}: all torrents, ms`, performance.now() - began)
      return
    }
    if (performance.now() - began > LONGEST_WAIT_MS) {
      say(`${start}: gave up; torrents still settling`, settling)
      return
    }
    await sleep(200)
  }
}

async function requests(base: string, count: number): Promise<void> {
  const page = (ObjectID: string, StartingIndex: number): Promise<unknown> =>
    browse(base, { ObjectID, StartingIndex: String(StartingIndex), RequestedCount: '50' })
  say('list with statistics, ms', await timed(() => list(base)))
  say('list, ms', await timed(() => fetchText(`${base}/torrents`)))
  say('a page of Browse, ms', await timed((turn) => page('0', (turn * 401) % count)))
  say('a page of Browse (Video), ms', await timed((turn) => page('V', (turn * 401) % count)))
  say('a page of Browse (Films), ms', await timed((turn) => page('F', (turn * 401) % count)))
  const { infoHash } = madeTorrent(count - 1)
  say('details of one, ms', await timed(() => fetchText(`${base}/torrents/${infoHash}`)))
}

async function changes(base: string, count: number): Promise<void> {
  const added = Array.from({ length: REPEATS }, (_, index) => madeTorrent(count + index))
  const adding = await timed((turn) => {
    const torrent = added[turn] ?? madeTorrent(count)
    return post(`${base}/torrents?overwrite=true`, torrent.torrentFile)
  })
  say('add, ms', adding)
  await sleep(1_000)
  say(
    'remove, ms',
    await timed((turn) => post(`${base}/torrents/${added[turn]?.infoHash}/forget`, '')),
  )
}

async function timed(run: (turn: number) => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let turn = 0; turn < REPEATS; turn++) {
    const began = performance.now()
    await run(turn)
    times.push(performance.now() - began)
    await sleep(20)
  }
  const most = Math.max(...times)
  console.log(`  (${REPEATS} times; the slowest took ${most.toFixed(1)} ms)`)
  return median(times) ?? Number.NaN
}

async function list(base: string): Promise<readonly Listed[]> {
  const text = await fetchText(`${base}/torrents?with_stats=true`)
  return (JSON.parse(text) as { torrents: Listed[] }).torrents
}

async function filesShown(base: string): Promise<number> {
  const text = await browse(base, { ObjectID: 'V', StartingIndex: '0', RequestedCount: '1' })
  return Number(/<TotalMatches>(\d+)</.exec(text)?.[1] ?? 0)
}

function browse(base: string, args: Readonly<Record<string, string>>): Promise<string> {
  const inputs = Object.entries({ BrowseFlag: 'BrowseDirectChildren', Filter: '*', ...args })
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')
  const body = `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
 s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>
<u:Browse xmlns:u="${CONTENT_DIRECTORY}">${inputs}<SortCriteria></SortCriteria></u:Browse>
</s:Body></s:Envelope>`
  return post(`${base}/upnp/control/content-directory`, body, {
    'Content-Type': 'text/xml; charset="utf-8"',
    SOAPACTION: `"${CONTENT_DIRECTORY}#Browse"`,
  })
}

async function post(
  url: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  return await fetchText(url, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers })
}

async function fetchText(url: string, request: RequestInit = {}): Promise<string> {
  const answer = await fetch(url, request)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`)
  return text
}

function say(what: string, value: number): void {
  const limit = LIMITS[what]
  const verdict =
    limit === undefined ? '' : value <= limit ? `  (at most ${limit})` : `  OVER ${limit}`
  console.log(`${what.padEnd(44)} ${value.toFixed(1).padStart(10)}${verdict}`)
}

const given = process.argv.slice(2).map(Number)
for (const count of given.length > 0 ? given : [10_000]) await bench(count)
