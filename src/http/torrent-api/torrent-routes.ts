import { Router, type RouterContext } from '@koa/router'
import { nextTurn } from '../../concurrency/next-turn.ts'
import { ApiError } from '../messages/api-error.ts'
import { answerJson, NestedList } from '../messages/json-answer.ts'
import { readQuery } from '../messages/query.ts'
import type { SessionPort, TorrentPort } from '../messages/session-port.ts'
import { findTorrent } from '../messages/torrent-id.ts'
import { listQuery, peerStatsQuery } from '../schemas/requests.ts'
import { havesPicture } from './haves-picture.ts'
import { peerStats, peerStatsText, trackerList } from './session-json.ts'
import { liveStats, torrentStats } from './stats-json.ts'
import { torrentDetails, torrentItem, torrentSummary } from './torrent-json.ts'

/** What the JSON API tells of torrents. */
export function torrentRouter(session: SessionPort): Router {
  const router = new Router({ prefix: '/torrents' })

  router.get('/', async (context) => {
    const { with_stats: withStats = false } = readQuery(listQuery, context.query)
    // However many ask at the same time, the loop does more than begin their answers.
    await nextTurn()
    const byId = [...session.torrents].sort((a, b) => a.id - b.id)
    answerJson(context, {
      torrents: new NestedList(byId.length, (place) => {
        const torrent = byId[place]
        if (torrent === undefined) return null
        return withStats ? torrentItem(torrent) : torrentSummary(torrent)
      }),
    })
  })

  const get = (
    path: string,
    answer: (torrent: TorrentPort, context: RouterContext) => void,
  ): void => {
    router.get(`/:id${path}`, (context) => {
      answer(findTorrent(session, context.params.id ?? ''), context)
    })
  }

  // No ids: what they are is told by POST alone.
  for (const name of ['create', 'resolve_magnet']) {
    router.get(`/${name}`, ({ path }) => {
      throw new ApiError(405, `GET is not for ${path}`, { headers: { Allow: 'POST' } })
    })
  }

  get('', (torrent, context) => answerJson(context, torrentDetails(torrent)))

  get('/stats/v1', (torrent, context) => {
    answerJson(context, torrentStats(torrent.stats(), torrent.isPaused))
  })

  get('/stats', (torrent, context) => {
    const { live } = torrent.stats()
    if (live === null) throw new ApiError(412, 'torrent not live')
    context.body = liveStats(live)
  })

  get('/peer_stats', (torrent, context) => {
    const { state = 'live' } = readQuery(peerStatsQuery, context.query)
    const peers = livePeers(torrent)
    const wanted = state === 'all' ? peers : peers.filter((peer) => peer.state === 'live')
    answerJson(context, peerStats(wanted))
  })

  get('/peer_stats/prometheus', (torrent, context) => {
    context.body = peerStatsText(livePeers(torrent))
  })

  get('/haves', answerHaves)

  get('/metadata', (torrent, context) => {
    const { metainfo, name, id } = torrent
    if (metainfo === null) {
      throw new ApiError(409, `the metadata of torrent ${id} is being resolved`)
    }
    context.attachment(`${name ?? `torrent_${id}`}.torrent`)
    context.type = 'application/octet-stream'
    context.body = Buffer.from(metainfo.torrentFile)
  })

  get('/limits', ({ limits: { uploadBps, downloadBps }, maxConnections }, context) => {
    context.body = {
      upload_bps: uploadBps,
      download_bps: downloadBps,
      max_connections: maxConnections,
    }
  })

  get('/trackers', (torrent, context) => {
    context.body = trackerList(torrent.trackers, Date.now())
  })

  return router
}

/** Throws ApiError 412 where there are none because the torrent is not live. */
function livePeers(torrent: TorrentPort): NonNullable<TorrentPort['peers']> {
  if (torrent.peers === null) throw new ApiError(412, 'torrent is not live')
  return torrent.peers
}

/** The bits for a program that asks for bytes, and a picture of them for anybody else. */
function answerHaves(torrent: TorrentPort, context: RouterContext): void {
  const { haves, pieceCount } = torrent
  if (haves === null) throw new ApiError(412, 'the pieces of this torrent are not known yet')
  context.vary('Accept')
  if (context.get('accept').includes('application/octet-stream')) {
    context.set('x-bitfield-len', String(pieceCount))
    context.type = 'application/octet-stream'
    context.body = Buffer.from(haves)
  } else {
    context.type = 'image/svg+xml'
    context.body = havesPicture(haves, pieceCount)
  }
}
