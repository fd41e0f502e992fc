import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test, vi } from 'vitest'
import { openApiDocument } from '../../../src/http/schemas/openapi.ts'
import { jsonOf, type RawAnswer, send } from '../../helpers/http-client.ts'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { startRealServer } from '../../helpers/real-server.ts'

interface Content {
  readonly [mediaType: string]: { readonly schema?: object }
}
interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Content; readonly $ref?: string }>
  >
}

const DOCUMENT = openApiDocument('1.2.3') as unknown as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly responses: { readonly Error: { readonly content: Content } }
    readonly schemas: Readonly<Record<string, object>>
  }
}

const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema({ $id: 'api', components: DOCUMENT.components })

/** Where an answer is not what the document says of it. */
function faultsOf(method: string, path: string, answer: RawAnswer): readonly string[] {
  const operation = DOCUMENT.paths[templateOf(path)]?.[method.toLowerCase()]
  const named = operation?.responses[answer.status] ?? operation?.responses.default
  if (named === undefined) return [`${answer.status} is not in the document`]
  const { content = {} } = '$ref' in named ? DOCUMENT.components.responses.Error : named
  const [type = ''] = (answer.headers['content-type'] ?? '').split(';')
  if (type === '' && Object.keys(content).length === 0) return []
  const media = content[type] ?? content['*/*']
  if (media === undefined) return [`${answer.status} ${type} is not in the document`]
  if (media.schema === undefined) return []
  const text = JSON.stringify(media.schema).replaceAll('"#/components', '"api#/components')
  const validate = ajv.compile(JSON.parse(text))
  if (validate(jsonOf(answer))) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** The path in the document that a request is for. */
function templateOf(path: string): string {
  const [plain = ''] = path.split('?')
  return plain
    .replace(/^\/torrents\/(?:\d+|[0-9a-f]{40})(?=\/|$)/, '/torrents/{id_or_infohash}')
    .replace(/\/stream\/\d+$/, '/stream/{file_idx}')
    .replace(/^\/library\/[0-9a-f]{40}\/\d+\//, '/library/{id_or_infohash}/{file_idx}/')
    .replace(/^\/renderers\/[^/]+\//, '/renderers/{id}/')
    .replace(/^\/control_points\/.+/, '/control_points/{address}')
}

test('no part of the document is made of nothing but a reference to itself', () => {
  for (const [name, schema] of Object.entries(DOCUMENT.components.schemas)) {
    expect(schema, name).not.toHaveProperty('$ref')
  }
})

test('whatever the API answers is what the document says', async () => {
  const { folder, port, infoHash, film, add } = await startRealServer('--allow-create')
  await writeFile(join(folder, 'new.mkv'), film)
  const small = singleFile('small.mkv', pseudoRandomBytes(1_000, 9))
  expect((await add(small)).status).toBe(200)
  const found: string[] = []
  const ask = async (request: string, body = '', headers = {}): Promise<void> => {
    const [method = '', path = ''] = request.split(' ')
    const answer = await send(port, method, path, { ...JSON_HEADERS, ...headers }, body)
    found.push(...faultsOf(method, path, answer).map((fault) => `${request} ${body}: ${fault}`))
  }
  const look = async (): Promise<void> => {
    for (const path of OF_ALL) await ask(`GET ${path}`)
    for (const id of ['0', '1', '99', infoHash]) {
      for (const path of OF_ONE) await ask(`GET /torrents/${id}${path}`)
    }
  }
  await ask('POST /torrents?wait=false', `magnet:?xt=urn:btih:${'a'.repeat(40)}&x.pe=127.0.0.1:1`)
  await look()
  await ask('GET /', '', { Accept: 'text/html' })
  for (const range of ['bytes=0-1', 'bytes=9999999-']) {
    await ask('GET /torrents/0/stream/0', '', { Range: range })
  }
  await ask('GET /torrents/0/haves', '', { Accept: 'application/octet-stream' })
  await ask('POST /torrents?list_only=true', 'nonsense')
  await ask('POST /torrents/create', join(folder, 'new.mkv'))
  await ask('POST /torrents/create', join(folder, 'none.mkv'))
  await ask('POST /torrents/resolve_magnet', 'nonsense')
  await ask('POST /torrents/resolve_magnet', infoHash)
  for (const body of ['{"only_files":[0]}', '{"only_files":[9]}', '{}', '{']) {
    await ask('POST /torrents/0/update_only_files', body)
  }
  for (const body of ['{"upload_bps":100000}', '{"upload_bps":0}', '{}']) {
    await ask('POST /torrents/limits', body)
    await ask('POST /torrents/0/limits', body)
  }
  await ask('POST /torrents/0/keep', '{"keep":true}')
  await ask('POST /torrents/0/seeding', '{"ratio":2}')
  await ask('POST /torrents/0/add_peers', '127.0.0.1:1')
  await ask(`PUT /library/${infoHash}/0/position`, '{"seconds":1}')
  await ask('PATCH /settings', '{"log-level":"warn"}')
  await ask('PATCH /settings', '{"log-level":7}')
  await ask('POST /rust_log', 'warn')
  await ask('POST /renderers/none/pause')
  await ask('PUT /control_points/127.0.0.1', '{}')
  for (const name of ['pause', 'pause', 'add_peers', 'start', 'recheck']) {
    await ask(`POST /torrents/0/${name}`)
  }
  await ask('POST /torrents/0/pause')
  await look()
  // What has grown is not deleted.
  await writeFile(join(folder, 'film.mkv'), Buffer.concat([film, film]))
  await ask('POST /torrents/0/delete')
  await ask('POST /torrents/1/forget')
  await ask('POST /torrents/1/forget')
  await look()
  expect(found).toEqual([])
}, 30_000)

test('a torrent that waits for its turn is answered as the document says, too', async () => {
  const { get, add } = await startRealServer('--max-active-downloads=0')
  await add(singleFile('small.mkv', pseudoRandomBytes(1_000, 9)))
  const stats = await vi.waitUntil(
    async () => {
      const answer = await get('/torrents/1/stats/v1')
      return (jsonOf(answer) as { queued?: boolean }).queued === true && answer
    },
    { timeout: 10_000 },
  )
  expect(faultsOf('GET', '/torrents/1/stats/v1', stats)).toEqual([])
  const list = '/torrents?with_stats=true'
  expect(faultsOf('GET', list, await get(list))).toEqual([])
}, 30_000)

const JSON_HEADERS = { 'Content-Type': 'application/json' }
const OF_ALL = [
  ...['/', '/torrents', '/torrents?with_stats=true', '/torrents?with_stats=x', '/stats'],
  ...['/torrents/limits', '/torrents/playlist', '/dht/stats', '/dht/table', '/metrics', '/healthz'],
  ...['/streams', '/library', '/renderers', '/control_points', '/settings', '/addresses'],
]
const OF_ONE = [
  ...['', '/stats', '/stats/v1', '/peer_stats', '/peer_stats?state=all', '/peer_stats?state=x'],
  ...['/peer_stats/prometheus', '/haves', '/metadata', '/playlist', '/limits', '/trackers'],
]
