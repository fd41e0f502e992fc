import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Session } from '../../src/torrents/session/session.ts'
import { type RawAnswer, send, startHttpServer } from '../helpers/http-client.ts'
import {
  makeTorrent,
  pseudoRandomBytes,
  singleFile,
  storeFixture,
} from '../helpers/make-torrent.ts'
import { openSession } from '../helpers/sessions.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

/** What rqbit 9.1.0 answered on three torrents: status, type, and the types of all fields. */
interface Call {
  readonly request: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly status: number
  readonly type?: string
  readonly answerHeaders?: Readonly<Record<string, string>>
  readonly json?: Shape
}

type Shape = string | null | readonly Shape[] | { readonly [name: string]: Shape }

const CALLS: readonly Call[] = JSON.parse(
  readFileSync(new URL('../fixtures/rqbit/calls-9.1.0.json', import.meta.url), 'utf8'),
)

/** rqbit's faults, which are not ours, and the few things that are meant to be otherwise. */
const DIFFERENT: readonly {
  readonly call: RegExp
  readonly status?: number
  readonly type?: string
  readonly why: string
}[] = [
  { call: /^GET \/torrents\/1\/stats$/, status: 412, why: '5xx for a caller’s mistake' },
  { call: /stream\/99$/, status: 404, why: '5xx for a caller’s mistake' },
  { call: /77\/forget$/, status: 404, why: '5xx for a caller’s mistake' },
  { call: /update_only_files .*99/, status: 400, why: '5xx for a caller’s mistake' },
  { call: /resolve_magnet/, status: 400, why: '5xx for a caller’s mistake' },
  { call: /bytes=-5$/, status: 206, why: 'ranges by RFC 9110' },
  { call: /bytes=0-9999999$/, status: 206, type: 'video/mp4', why: 'ranges by RFC 9110' },
  { call: /bytes=10-5$/, status: 200, type: 'video/mp4', why: 'ranges by RFC 9110' },
  { call: /abc$/, type: 'application/json', why: 'errors that are plain text' },
  { call: /stream\/x$/, type: 'application/json', why: 'errors that are plain text' },
  { call: /only_files=a/, type: 'application/json', why: 'errors that are plain text' },
  { call: /update_only_files .*nope/, type: 'application/json', why: 'errors that are plain text' },
  { call: /"upload_bps":0/, type: 'application/json', why: 'errors that are plain text' },
  {
    call: /update_only_files without/,
    type: 'application/json',
    why: 'errors that are plain text',
  },
  { call: /^GET \/nosuch/, type: 'application/json', why: 'errors that are empty' },
  { call: /^POST .*stream/, type: 'application/json', why: 'errors that are empty' },
  { call: /^DELETE/, type: 'application/json', why: 'errors that are empty' },
  { call: /11534337 bytes/, status: 400, why: 'torrent files of up to 64 MiB are taken' },
  { call: /^HEAD .*stream\/3$/, type: 'text/srt', why: 'TVs know no other type of subtitles' },
]

/** Additions: fields that rqbit does not have. */
const OURS = new Set([
  'paused',
  'resolving',
  'keep',
  'seeding',
  'added_at',
  'implementation',
  'implementation_version',
  'flags',
  'download_bps',
  'upload_bps',
  'progress',
  'code',
  'already_there',
  'in_force',
])
/** `null` or not, as the moment has it. */
const AT_TIMES = new Set(['average_piece_download_time', 'time_remaining', 'client_name', 'live'])
/** Names of no meaning: addresses, routes, files. */
const MAPS = new Set(['peers', 'apis'])

const PIECE_LENGTH = 32 * 1024
const FILES: readonly (readonly [string, number])[] = [
  ['song #1 100%.mp3', 90_000],
  ['cover.jpg', 40_000],
  ['Show/S01E10.mkv', 300_000],
  ['Show/S01E2.srt', 900],
  ['Show/S01E2.mkv', 300_000],
  ['Film.2021.1080p.mp4', 700_001],
  ['readme.nfo', 200],
  ['empty.mp4', 0],
  ['Ünïcode ☃ +.avi', 120_000],
]
const MANY = makeTorrent(
  'Tom & Jerry <Best>',
  FILES.map(([path, length], seed) => ({
    path: path.split('/'),
    data: pseudoRandomBytes(length, seed + 1),
  })),
  PIECE_LENGTH,
)
const PAUSED = singleFile('paused.mp4', pseudoRandomBytes(500_000, 20), PIECE_LENGTH)
const SLOW = singleFile('slow film.mkv', pseudoRandomBytes(6_000_000, 21), PIECE_LENGTH)

/** A call as it is told apart in the list above. */
const nameOf = ({ request, headers, body }: Call): string =>
  [request, headers?.Range, body, headers === undefined && body !== undefined ? 'without' : '']
    .filter((part) => part !== undefined && part !== '')
    .join(' ')
    .replace(/(update_only_files) (.*) without$/, '$1 without $2')

test('a client of rqbit gets what it knows from rqbit, but for its faults', async () => {
  const seeds = await temporaryFolder()
  for (const fixture of [MANY, PAUSED, SLOW]) await storeFixture(seeds, fixture)
  const seeder = await openSession({ folder: seeds })
  const hashes: string[] = []
  for (const { torrentFile } of [MANY, PAUSED, SLOW]) {
    const { torrent } = await seeder.add(torrentFile, { overwrite: true })
    hashes.push(torrent.infoHash)
    if (hashes.length === 3) await torrent.setLimits({ uploadBps: 60_000 })
  }
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'src'))
  await writeFile(join(folder, 'src', 'paused.mp4'), Buffer.alloc(500_000, 1))
  const session = await openSession({ folder })
  const port = await startHttpServer({ session, allowCreate: true })
  const local = translator(hashes, seeder.peerPort)
  const found: string[] = []
  for (const [index, call] of CALLS.entries()) {
    const [method = '', path = ''] = call.request.split(/ (.*)/s)
    const answer = await send(port, method, local(path), call.headers ?? {}, bodyOf(call, local))
    found.push(
      ...compare(call, answer).map((difference) => `${index} ${nameOf(call)}: ${difference}`),
    )
    if (call.request.startsWith('POST /torrents?')) await settled(session)
  }
  expect(found).toEqual([])
}, 60_000)

test('each difference that is listed is one', () => {
  const names = CALLS.map(nameOf)
  expect(DIFFERENT.filter(({ call }) => !names.some((name) => call.test(name)))).toEqual([])
})

/** Where an answer is not what was recorded, or what is listed in its place. */
function compare(call: Call, { status, headers, body }: RawAnswer): string[] {
  const known = DIFFERENT.find(({ call: pattern }) => pattern.test(nameOf(call)))
  const expected = {
    status: known?.status ?? call.status,
    type: plainType(known?.type ?? call.type),
  }
  const found: string[] = []
  if (status !== expected.status) found.push(`${status} in place of ${expected.status}: ${body}`)
  const type = plainType(headers['content-type'])
  if (type !== expected.type) found.push(`${type} in place of ${expected.type}`)
  if (known !== undefined) return found
  for (const [name, value] of Object.entries(call.answerHeaders ?? {})) {
    const wanted = name === 'allow' ? value.replaceAll(',', ', ') : value
    if (headers[name]?.startsWith(wanted) !== true) found.push(`${name}: ${headers[name]}`)
  }
  if (call.json === undefined || status !== call.status) return found
  return [...found, ...differences(call.json, JSON.parse(body.toString()), '')]
}

/** From what was recorded to what is here. */
function translator(hashes: readonly string[], peerPort: number): (text: string) => string {
  const recorded = [
    '1797daf7010faa70134d5ce6e9715cde4389bf8c',
    '7350a9601b60f36b71d00f03828b3fed29f7d130',
    'daaf9205742e6c933ca3e1aeeb2698996fb75693',
  ]
  return (text) =>
    recorded.reduce(
      (all, hash, index) => all.replaceAll(hash, hashes[index] ?? ''),
      text.replaceAll(':14260', `:${peerPort}`),
    )
}

function bodyOf({ body = '' }: Call, local: (text: string) => string): Buffer | string {
  const length = Number(/^\((\d+) bytes of .torrent\)$/.exec(body)?.[1] ?? Number.NaN)
  if (Number.isNaN(length)) return local(body)
  if (length === 1480) return Buffer.from(MANY.torrentFile)
  if (length === 3832) return Buffer.from(SLOW.torrentFile)
  return length < 100 ? Buffer.from('d4:infoxxxxe').subarray(0, length) : Buffer.alloc(length)
}

/** What can be finished is, and the slow one has begun. */
async function settled(session: Session): Promise<void> {
  await expect
    .poll(
      () =>
        session.torrents.every((torrent) => {
          const { finished, live, progressBytes } = torrent.stats()
          const isSlow = torrent.name === 'slow film.mkv'
          return isSlow ? finished || (live !== null && progressBytes > 0) : finished
        }),
      { timeout: 20_000, interval: 20 },
    )
    .toBe(true)
}

const plainType = (type: string | undefined): string => (type ?? '').split(';')[0] ?? ''

/** Where an answer is not of the shape that was recorded. */
function differences(shape: Shape, found: unknown, place: string): string[] {
  if (shape === null) return []
  const isNull = found === null && AT_TIMES.has(place.split('.').at(-1) ?? '')
  if (isNull) return []
  if (typeof shape === 'string') return typeOf(found, shape) ? [] : [`${place} is no ${shape}`]
  if (Array.isArray(shape)) return listDifferences(shape, found, place)
  if (typeof found !== 'object' || found === null) return [`${place} is no object`]
  const entries = Object.entries(shape)
  const values = found as Readonly<Record<string, unknown>>
  if (MAPS.has(place.split('.').at(-1) ?? '') && entries[0]?.[0].includes(':')) {
    const [[, inner] = ['', null]] = entries
    return Object.values(values).flatMap((value) => differences(inner ?? null, value, `${place}.*`))
  }
  const added = Object.keys(values).filter((name) => !(name in shape) && !OURS.has(name))
  return [
    ...(place === '.apis' ? [] : added.map((name) => `${place}.${name} is not rqbit’s`)),
    ...entries.flatMap(([name, inner]) =>
      name in values
        ? differences(inner, values[name], `${place}.${name}`)
        : [`${place}.${name} is missing`],
    ),
  ]
}

function listDifferences(shape: readonly Shape[], found: unknown, place: string): string[] {
  if (!Array.isArray(found)) return [`${place} is no list`]
  const [inner = null] = shape
  if (inner !== null && found.length === 0) return [`${place} is empty`]
  // All items are of one kind, but a torrent that is live has more to tell than one that is paused.
  return found.slice(0, 1).flatMap((value) => differences(inner, value, `${place}[]`))
}

function typeOf(value: unknown, shape: string): boolean {
  if (shape === 'integer') return Number.isSafeInteger(value)
  if (shape === 'text') return typeof value === 'string'
  return typeof value === shape
}
