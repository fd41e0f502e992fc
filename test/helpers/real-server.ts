import { expect, onTestFinished } from 'vitest'
import { startApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config/config.ts'
import { createLogger } from '../../src/json-log.ts'
import { jsonOf, type RawAnswer, send } from './http-client.ts'
import { type Fixture, pseudoRandomBytes, singleFile, storeFixture } from './make-torrent.ts'
import { ALONE } from './run-cli.ts'
import { soapBody } from './soap-request.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Addresses that documentation may use (RFC 5737), and one of a home. */
export const PUBLIC = { 'X-Forwarded-For': '203.0.113.9' }
export const LAN = { 'X-Forwarded-For': '192.168.1.7' }

export function basic(text: string): { readonly Authorization: string } {
  return { Authorization: `Basic ${Buffer.from(text).toString('base64')}` }
}

/** A whole server with a film, as `tributary` starts it; closed when the test ends. */
export interface RealServer {
  readonly port: number
  /** Data folder. */
  readonly folder: string
  /** Bytes of the film. */
  readonly film: Buffer
  readonly infoHash: string
  /** What the log has said, one line each. */
  readonly log: Record<string, unknown>[]
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>
  post(
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string | Buffer,
  ): Promise<RawAnswer>
  /** Adds a torrent as the owner. */
  add(fixture: Fixture, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>
}

/** With `film.mkv` of 100 kB. Its owner is this machine, or with --auth `ann:secret`. */
export async function startRealServer(...args: readonly string[]): Promise<RealServer> {
  const folder = await temporaryFolder()
  const command = parseConfig([...ALONE, '--dir', folder, ...args], {})
  if (command.kind !== 'run') throw new Error(`asked for ${command.kind}`)
  const log: Record<string, unknown>[] = []
  const logger = createLogger('info', { write: (line) => log.push(JSON.parse(line)) })
  const app = await startApp(command.config, { log: logger })
  onTestFinished(() => app.close())
  const port = Number(new URL(app.facts.localUrl).port)
  const owner = args.includes('--auth') ? basic('ann:secret') : {}
  const film = pseudoRandomBytes(100_000, 7)
  const server = {
    ...{ port, folder, film, log },
    get: (path: string, headers = {}) => send(port, 'GET', path, headers),
    post: (path: string, headers = {}, body: string | Buffer = '') =>
      send(port, 'POST', path, headers, body),
    add: (fixture: Fixture, headers = {}) => {
      const path = '/torrents?overwrite=true'
      return send(port, 'POST', path, { ...owner, ...headers }, Buffer.from(fixture.torrentFile))
    },
  }
  const fixture = singleFile('film.mkv', film)
  await storeFixture(folder, fixture)
  const added = await server.add(fixture)
  const { details } = jsonOf(added) as { details: { info_hash: string } }
  await expect
    .poll(async () => {
      const range = { ...owner, Range: 'bytes=0-0' }
      return (await send(port, 'GET', '/torrents/0/stream/0', range)).status
    })
    .toBe(206)
  return { ...server, infoHash: details.info_hash }
}

const CONTROL = '/upnp/control/content-directory'
const CONTENT_DIRECTORY = 'urn:schemas-upnp-org:service:ContentDirectory:1'

/** What a TV gets that looks for all videos. */
export function searchVideos(
  { port }: RealServer,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const criteria = 'upnp:class derivedfrom "object.item.videoItem"'
  const args = { ContainerID: '0', SearchCriteria: criteria, Filter: '*', StartingIndex: '0' }
  const rest = { RequestedCount: '10', SortCriteria: '' }
  const body = soapBody(CONTENT_DIRECTORY, 'Search', { ...args, ...rest })
  return send(port, 'POST', CONTROL, headers, body)
}

/** The paths of all `res` in such an answer. */
export function resourcePaths(answer: RawAnswer): string[] {
  const text = answer.body.toString().replaceAll('&lt;', '<').replaceAll('&gt;', '>')
  return [...text.matchAll(/<res [^>]*>http:\/\/[^/<]+([^<]+)<\/res>/g)].map(
    ([, path = '']) => path,
  )
}
