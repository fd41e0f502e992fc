import type { IncomingMessage } from 'node:http'
import type { Middleware } from 'koa'
import type { Logger } from '../../log.ts'
import { clientAddress } from '../messages/forwarded.ts'
import type { SessionPort, TorrentPort } from '../messages/session-port.ts'
import { findTorrent } from '../messages/torrent-id.ts'
import { userOf } from './password.ts'

/** What has been done, by the last segment of a path below a torrent. */
const DEEDS: Readonly<Record<string, string>> = {
  pause: 'torrent paused',
  start: 'torrent started',
  forget: 'torrent removed, its files kept',
  delete: 'torrent removed with its files',
  update_only_files: 'files of a torrent selected',
  add_peers: 'peers of a torrent added',
  recheck: 'torrent is checked again',
  limits: 'limits of a torrent changed',
  seeding: 'goals of seeding of a torrent changed',
  keep: 'torrent kept whatever the quota, or no longer so',
}

const MAX_AGENT_CHARACTERS = 100

/** What a route tells of its change in `context.state.changed`. */
export interface Change {
  readonly message: string
  readonly facts: Readonly<Record<string, unknown>>
}

export interface ChangeLogOptions {
  readonly session: Pick<SessionPort, 'get'>
  readonly trustProxy: boolean
  readonly log: Logger
}

/** Says in the log who has changed what, in names; put before what changes something. */
export function changeLog({ session, trustProxy, log }: ChangeLogOptions): Middleware {
  return async (context, next) => {
    const { method, path, req, state } = context
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return await next()
    // After it was removed, nobody knows its name.
    const [, id = '', action = ''] = /^\/torrents\/([^/]+)\/([^/]+)\/?$/i.exec(path) ?? []
    const deed = DEEDS[action.toLowerCase()]
    const torrent = deed === undefined ? null : nameIfThere(session, id)
    await next()
    if (context.status >= 400) return
    const { changed }: { changed?: Change } = state
    const who = whoIs(req, trustProxy)
    if (changed !== undefined) log.info({ ...changed.facts, ...who }, changed.message)
    else if (deed !== undefined) log.info({ torrent, ...who }, deed)
    else log.debug({ method, path, ...who }, 'changed')
  }
}

/** Its name; the info hash of a magnet that has none yet. */
export function shownName({ name, infoHash }: Pick<TorrentPort, 'name' | 'infoHash'>): string {
  return name ?? infoHash
}

function nameIfThere(session: Pick<SessionPort, 'get'>, id: string): string | null {
  try {
    return shownName(findTorrent(session, id))
  } catch {
    // The route says so.
    return null
  }
}

/** Address, user and program of who asks, as far as they are known. */
export function whoIs(request: IncomingMessage, trustProxy: boolean): Record<string, string> {
  const { authorization, 'user-agent': agent } = request.headers
  const user = authorization === undefined ? null : userOf(authorization)
  return {
    by: clientAddress(request, trustProxy),
    ...(user === null ? {} : { user }),
    ...(agent === undefined ? {} : { with: agent.slice(0, MAX_AGENT_CHARACTERS) }),
  }
}
