import type { Config } from '../config/config.ts'
import { hasCode } from '../error-code.ts'
import type { Logger } from '../log.ts'
import { Session } from '../torrents/surface/surface.ts'
import { TorrentError } from '../torrents/torrent-error.ts'
import { ALONE } from './demo.ts'
import { StartError } from './start-error.ts'

export interface SessionPlace {
  readonly folder: string
  /** Where what is remembered lies; in the folder when absent. */
  readonly stateFolder?: string
  readonly log: Logger
}

/** The session as configured. A peer port that is taken becomes a StartError that names it. */
export async function openSession(config: Config, place: SessionPlace): Promise<Session> {
  const { peerPort, dht, lsd, trackers, portForward, onDemand, verification, demo } = config
  const { maxConnections, maxConnectionsPerTorrent, maxActiveDownloads, maxActiveSeeds } = config
  const { dhtBootstrap, dailyLimits, seedRatio, seedMinutes, blocklist } = config
  const { downloadBytesPerSecond, uploadBytesPerSecond, webSeeds, quotaBytes, reserveBytes } =
    config
  const { bind, nameServers } = config
  const discovery = demo ? ALONE : { dht, lsd, trackers, portForward }
  const limits = {
    ...{ maxConnections, maxConnectionsPerTorrent },
    ...{ downloadBytesPerSecond, uploadBytesPerSecond, maxActiveDownloads, maxActiveSeeds },
    ...{ dailyLimits, seedRatio, seedMinutes, blocklist, quotaBytes, reserveBytes },
  }
  try {
    return await Session.open({
      ...place,
      ...{ peerPort, onDemand, verification, dhtBootstrap },
      ...discovery,
      ...limits,
      ...(bind === null || demo ? {} : { bind, nameServers }),
      webSeeds: demo ? 'off' : webSeeds,
    })
  } catch (error) {
    if (error instanceof TorrentError && error.kind === 'bad-binding') {
      throw new StartError(error.message, { cause: error })
    }
    if (!hasCode(error, 'EADDRINUSE')) throw error
    const message = `BitTorrent port ${peerPort} is in use by another program (choose another with --peer-port)`
    throw new StartError(message, { cause: error })
  }
}
