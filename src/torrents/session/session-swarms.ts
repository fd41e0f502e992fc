import { steadyClock } from '../../clock.ts'
import type { SwarmClient } from '../swarm/swarm.ts'
import { openBinding } from './session-binding.ts'
import { SessionBlocklist } from './session-blocklist.ts'
import type { ResolvedOptions } from './session-options.ts'

export interface SessionSwarms {
  /** Closes the other one, too. */
  readonly swarms: SwarmClient
  readonly blocklist: SessionBlocklist
}

/**
 * The engine of a session, and the binding and the blocklist that it keeps to. Rejects with the system's error where
 * the port or the blocklist's file cannot be had, with TorrentError `bad-binding` where nothing can be bound.
 */
export async function openSessionSwarms(
  options: ResolvedOptions,
  stateFolder: string,
): Promise<SessionSwarms> {
  const { dht, lsd, trackers, portForward, maxConnections, maxConnectionsPerTorrent } = options
  const { dhtBootstrap, blocklistClock: clock = steadyClock, log } = options
  const binding = await openBinding(options)
  const blocklist = new SessionBlocklist({ log, clock, binding, stateFolder })
  try {
    await blocklist.use(options.blocklist ?? null, 'some time')
    const swarms = await options.openSwarms({
      ...{ dht, lsd, trackers, portForward, maxConnections, maxConnectionsPerTorrent },
      ...(dhtBootstrap.length === 0 ? {} : { dhtBootstrap }),
      ...{ port: options.peerPort, binding, clock: steadyClock },
      isBlocked: (host) => blocklist.has(host),
      log: log.child({ name: 'swarm' }),
    })
    blocklist.onChange = () => swarms.dropBlocked()
    const close = swarms.close.bind(swarms)
    swarms.close = async () => {
      blocklist.close()
      await close()
      binding?.close()
    }
    return { swarms, blocklist }
  } catch (error) {
    blocklist.close()
    binding?.close()
    throw error
  }
}
