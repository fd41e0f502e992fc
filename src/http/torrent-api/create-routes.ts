import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Router } from '@koa/router'
import { hasCode } from '../../error-code.ts'
import { createTorrent } from '../../torrents/metainfo/creation/create-torrent.ts'
import { TorrentError } from '../../torrents/torrent-error.ts'
import { ApiError } from '../messages/api-error.ts'
import { readQuery } from '../messages/query.ts'
import { readBody } from '../messages/request-body.ts'
import type { SessionPort } from '../messages/session-port.ts'
import { createQuery } from '../schemas/requests.ts'

const MAX_PATH_BYTES = 16 * 1024

/** POST /torrents/create: makes a torrent of what lies in the data folder, and seeds it. */
export function createRouter(session: SessionPort, isAllowed: boolean): Router {
  const router = new Router()
  router.post('/torrents/create', async (context) => {
    if (!isAllowed) {
      const message = 'creating torrents is not allowed: the server needs --allow-create'
      throw new ApiError(403, message, { kind: 'unauthorized' })
    }
    const { name, trackers = [], output = 'magnet' } = readQuery(createQuery, context.query)
    const text = (await readBody(context.req, MAX_PATH_BYTES)).toString('utf8').trim()
    const { path, isFolder } = await findPath(session, text)
    // A file that is seeded where it lies has to be called in the torrent as it is on the disk.
    const created = await createTorrent(path, isFolder ? { name, trackers } : { trackers })
    const { torrent } = await session.add(
      { kind: 'torrent-file', bytes: created.torrentFile },
      { overwrite: true, outputFolder: isFolder ? path : dirname(path) },
    )
    context.set('torrent-id', String(torrent.id))
    context.set('torrent-info-hash', created.infoHash)
    if (output === 'magnet') {
      context.body = created.magnet
      return
    }
    context.attachment(`${created.name}.torrent`)
    context.type = 'application/x-bittorrent'
    context.body = Buffer.from(created.torrentFile)
  })
  return router
}

/** Rejects with ApiError 400 for what is not there, and TorrentError for what lies elsewhere. */
async function findPath(
  session: SessionPort,
  text: string,
): Promise<{ readonly path: string; readonly isFolder: boolean }> {
  if (text === '') throw new ApiError(400, 'the body is to be a path in the data folder')
  const path = resolve(session.folder, text)
  await session.requireInside(path)
  try {
    return { path, isFolder: (await stat(path)).isDirectory() }
  } catch (error) {
    throw notThere(text, error)
  }
}

function notThere(text: string, cause: unknown): Error {
  if (hasCode(cause, 'ENOENT')) return new ApiError(400, "path doesn't exist", { cause })
  return new TorrentError('bad-folder', `${text} cannot be read`, { cause })
}
