import WebTorrent from 'webtorrent'
import type { Logger } from '../../log.ts'
import type { SwarmClient } from '../swarm.ts'
import { INCOMING_SECURE } from './dialing.ts'
import './hardening.ts'
import './peer-pipes.ts'
import { WebTorrentSwarm } from './swarm.ts'
import './wire-reader.ts'

const MAX_CONNECTIONS_PER_TORRENT = 80
const CLOSE_TIMEOUT_MS = 2_000

export interface SwarmClientOptions {
  /** TCP and uTP; 0 takes any free one. */
  readonly port: number
  readonly dht: boolean
  readonly lsd: boolean
  readonly trackers: boolean
  readonly portForward: boolean
  /** Over all torrents; `null` for no limit. */
  readonly uploadBytesPerSecond: number | null
  readonly log: Logger
}

/** Resolves when the port is listened on; rejects with the system's error when it cannot be. */
export async function openSwarmClient(options: SwarmClientOptions): Promise<SwarmClient> {
  const { log } = options
  const client = new WebTorrent({
    torrentPort: options.port,
    dht: options.dht ? {} : false,
    lsd: options.lsd,
    tracker: options.trackers,
    natUpnp: options.portForward,
    natPmp: options.portForward,
    utp: true,
    secure: INCOMING_SECURE,
    maxConns: MAX_CONNECTIONS_PER_TORRENT,
    webSeeds: false,
    uploadLimit: options.uploadBytesPerSecond ?? -1,
    userAgent: 'Tributary',
  })
  await new Promise<void>((resolve, reject) => {
    client.once('listening', resolve)
    client.on('error', (error: unknown) => {
      // It has destroyed itself where it cannot go on; without uTP, for one, it can.
      if (client.destroyed && !client.listening) reject(error)
      else log.warn({ err: error }, 'the BitTorrent engine complains')
    })
  })
  return {
    port: client.torrentPort,
    join: (facts, listener) => new WebTorrentSwarm(client, facts, listener, log),
    close: () =>
      new Promise<void>((resolve) => {
        if (client.destroyed) {
          resolve()
          return
        }
        const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS)
        client.destroy(() => {
          clearTimeout(timer)
          resolve()
        })
      }),
  }
}
