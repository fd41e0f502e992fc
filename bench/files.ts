/**
 * bench:files: how the server bears torrents of very many files. For each step the time that it takes,
 * the longest that the event loop was held up meanwhile, and the most memory so far.
 *
 * `npm run build && npm run bench:files -- 20000 100000`
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { manyFilesTorrent } from './files/many-files.ts'
import { WatchedServer } from './files/watched-server.ts'
import { peakMemoryMb } from './process-usage.ts'

const DEFAULT_COUNTS = [20_000, 100_000]
const given = process.argv.slice(2).map(Number)

for (const files of given.length > 0 ? given : DEFAULT_COUNTS) await bench(files)

async function bench(files: number): Promise<void> {
  const { torrentFile, infoHash } = manyFilesTorrent(files)
  const folder = await mkdtemp(join(tmpdir(), 'trib-files-'))
  console.log(`\n${files} files of 8 levels, a torrent file of ${mb(torrentFile.length)} MB\n`)
  console.log('step                         time ms   loop held ms   peak RSS MB')
  let server = await WatchedServer.start(folder)
  const step = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    await server.longestDelayMs()
    // The first tick after that counts nothing.
    await sleep(50)
    const began = performance.now()
    await work()
    const took = performance.now() - began
    await sleep(200)
    const held = await server.longestDelayMs()
    const memory = peakMemoryMb(server.pid)
    const numbers = [took.toFixed(0).padStart(9), held.toFixed(0).padStart(14)]
    console.log(`${name.padEnd(26)} ${numbers.join(' ')} ${memory.toFixed(0).padStart(13)}`)
  }
  const select = Array.from({ length: 1_500 }, (_, index) => index * 10).join()
  const torrent = '/torrents/0'
  try {
    await step('add', () => ask(server, 'POST', '/torrents?overwrite=true', torrentFile))
    await step('live', () => isLive(server))
    await step('browse root', () => browse(server, '0'))
    await step('browse to a file', () => browseDown(server, infoHash))
    await step('add again: select', () =>
      ask(server, 'POST', `/torrents?only_files=${select}`, torrentFile),
    )
    await step('list with stats', () => ask(server, 'GET', '/torrents?with_stats=true'))
    await step('details', () => ask(server, 'GET', torrent))
    await step('stats', () => ask(server, 'GET', `${torrent}/stats/v1`))
    await step('playlist', () => ask(server, 'GET', `${torrent}/playlist`))
    await step('pause', () => ask(server, 'POST', `${torrent}/pause`))
    await step('start', () => ask(server, 'POST', `${torrent}/start`))
    await step('live again', () => isLive(server))
    await step('stream: head', () => ask(server, 'HEAD', `${torrent}/stream/${files - 1}`))
    const began = performance.now()
    await server.stop()
    server = await WatchedServer.start(folder)
    console.log(`${'restart'.padEnd(26)} ${(performance.now() - began).toFixed(0).padStart(9)}`)
    await step('live', () => isLive(server))
    await step('delete', () => ask(server, 'POST', `${torrent}/delete`))
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The body's length, in bytes; it is not kept. Rejects for all but 2xx. */
async function ask(
  server: WatchedServer,
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
): Promise<{ head: string; length: number }> {
  const sent = request(`${server.base}${path}`, { method, headers })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage]
  let length = 0
  let head = ''
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (head.length < 100_000) head += chunk.toString('latin1')
  }
  const status = response.statusCode ?? 0
  if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${head}`)
  return { head, length }
}

async function isLive(server: WatchedServer): Promise<void> {
  for (;;) {
    const { head } = await ask(server, 'GET', '/torrents/0/stats/v1')
    if (head.startsWith('{"state":"live"')) return
    if (head.startsWith('{"state":"error"')) throw new Error(head.slice(-2_000))
    await sleep(50)
  }
}

async function browse(server: WatchedServer, id: string): Promise<string> {
  const type = 'urn:schemas-upnp-org:service:ContentDirectory:1'
  const soap = `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
 s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:Browse xmlns:u="${type}">
<ObjectID>${id}</ObjectID><BrowseFlag>BrowseDirectChildren</BrowseFlag><Filter>*</Filter>
<StartingIndex>0</StartingIndex><RequestedCount>0</RequestedCount><SortCriteria></SortCriteria>
</u:Browse></s:Body></s:Envelope>`
  const { head } = await ask(server, 'POST', '/upnp/control/content-directory', soap, {
    'Content-Type': 'text/xml; charset="utf-8"',
    SOAPACTION: `"${type}#Browse"`,
  })
  return head
}

async function browseDown(server: WatchedServer, id: string): Promise<void> {
  let next: string | undefined = id
  while (next !== undefined) {
    const answer = await browse(server, next)
    next = /&lt;container id="([^"]+)"/.exec(answer)?.[1]
  }
}

function mb(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1)
}
