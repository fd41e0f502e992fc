import { Router, type RouterContext } from '@koa/router'
import { z } from 'zod'
import { nextTurn } from '../../concurrency/next-turn.ts'
import { isPeerAddress } from '../../peer-address.ts'
import { bencodeAsJson } from '../../torrents/metainfo/bencode/bencode-json.ts'
import { MAX_TORRENT_FILE_BYTES } from '../../torrents/metainfo/torrent-source.ts'
import type { Change } from '../access/change-log.ts'
import { UploadRoom } from '../access/upload-room.ts'
import { ApiError } from '../messages/api-error.ts'
import { answerJson } from '../messages/json-answer.ts'
import { readJson, readQuery } from '../messages/query.ts'
import { readBody } from '../messages/request-body.ts'
import type { SessionPort, TorrentPort } from '../messages/session-port.ts'
import { findTorrent } from '../messages/torrent-id.ts'
import {
  addQuery,
  keepBody,
  onlyFilesBody,
  resolveQuery,
  seedingBody,
  torrentLimitsBody,
} from '../schemas/requests.ts'
import { addTorrent, resolveMagnet } from './add-torrent.ts'
import { PendingAdds } from './pending-adds.ts'

const MAX_MAGNET_BYTES = 2 * 1024 * 1024
/** Some 50,000 addresses. */
const MAX_PEERS_BYTES = 1024 * 1024

const added = z.object({
  id: z.number(),
  details: z.object({ name: z.string().nullable(), info_hash: z.string() }),
})

/** What the log says of an answer to an addition; `undefined` where it was only looked at. */
function additionOf(answer: Record<string, unknown>): Change | undefined {
  const parsed = added.safeParse(answer)
  if (!parsed.success) return undefined
  const { name, info_hash: infoHash } = parsed.data.details
  return { message: 'torrent added', facts: { torrent: name ?? infoHash } }
}

/** Adding torrents, and what is done to one. */
export function torrentChangeRouter(session: SessionPort): Router {
  const router = new Router({ prefix: '/torrents' })
  const uploads = new UploadRoom(MAX_TORRENT_FILE_BYTES)
  const pending = new PendingAdds(session)

  router.post('/', async (context) => {
    const { req, res } = context
    const answer = await uploads.run(req, async () => {
      const body = await readBody(req, MAX_TORRENT_FILE_BYTES)
      const query = readQuery(addQuery, withTimeout(context))
      const gone = new AbortController()
      res.once('close', () => gone.abort())
      return await addTorrent({ session, pending }, { body, query, gone: gone.signal })
    })
    context.state.changed = additionOf(answer)
    answerJson(context, answer)
  })

  router.post('/resolve_magnet', async (context) => {
    const body = await readBody(context.req, MAX_MAGNET_BYTES)
    const query = readQuery(resolveQuery, withTimeout(context))
    const { metainfo } = await resolveMagnet(session, body.toString('utf8'), query)
    if (context.get('accept') === 'application/json') {
      context.type = 'application/json'
      context.body = await bencodeAsJson(metainfo.torrentFile)
      return
    }
    context.attachment(`${metainfo.name}.torrent`)
    context.type = 'application/x-bittorrent'
    context.body = Buffer.from(metainfo.torrentFile)
  })

  const post = (
    name: string,
    change: (torrent: TorrentPort, context: RouterContext) => Promise<object>,
  ): void => {
    router.post(`/:id/${name}`, async (context) => {
      // A hundred that come at the same time are not done in one go.
      await nextTurn()
      context.body = await change(findTorrent(session, context.params.id ?? ''), context)
    })
  }

  post('pause', async (torrent) => {
    await torrent.pause()
    return {}
  })

  post('start', async (torrent) => {
    await torrent.start()
    return {}
  })

  post('forget', async (torrent) => {
    await session.remove(torrent, { deleteFiles: false })
    return {}
  })

  post('delete', async (torrent) => {
    const leftovers = await session.remove(torrent, { deleteFiles: true })
    return leftovers.length === 0 ? {} : { not_deleted: leftovers }
  })

  post('update_only_files', async (torrent, { req }) => {
    const { only_files: onlyFiles } = await readJson(onlyFilesBody, req)
    const unknown = onlyFiles.find((index) => torrent.files[index] === undefined)
    if (unknown !== undefined && torrent.state.kind !== 'resolving') {
      const message = `error updating only_files: only_files contains invalid value ${unknown}`
      throw new ApiError(400, message)
    }
    await torrent.select(onlyFiles)
    return {}
  })

  post('limits', async (torrent, { req }) => {
    const body = await readJson(torrentLimitsBody, req)
    const { max_connections: most, upload_bps: upload, download_bps: download } = body
    await torrent.setLimits({
      ...{ uploadBps: upload ?? null, downloadBps: download ?? null },
      ...(most === undefined ? {} : { maxConnections: most }),
    })
    return {}
  })

  post('keep', async (torrent, { req }) => {
    await torrent.setKeep((await readJson(keepBody, req)).keep)
    return {}
  })

  post('seeding', async (torrent, { req }) => {
    const { ratio, minutes } = await readJson(seedingBody, req)
    await torrent.setSeeding({
      ...(ratio === undefined ? {} : { ratio }),
      ...(minutes === undefined ? {} : { minutes }),
    })
    return {}
  })

  post('recheck', async (torrent) => {
    await torrent.recheck()
    return {}
  })

  post('add_peers', async (torrent, { req }) => {
    const text = (await readBody(req, MAX_PEERS_BYTES)).toString('utf8')
    if (torrent.peers === null) throw new ApiError(412, 'torrent is not live')
    const known = new Set(torrent.peers.map(({ address }) => address))
    const lines = text.split('\n').map((line) => line.trim())
    const added = new Set(lines.filter((line) => isPeerAddress(line) && !known.has(line)))
    torrent.addPeers([...added])
    return { added: added.size }
  })

  return router
}

/** The query's `timeout_ms` wins over the header. */
function withTimeout(context: RouterContext): RouterContext['query'] {
  const header = context.get('x-req-timeout-ms')
  return header === '' ? context.query : { timeout_ms: header, ...context.query }
}
