import type { SwarmClient } from '../swarm/swarm.ts'
import { openBlocklist } from './blocklist-source.ts'
import type { ResolvedOptions } from './session-options.ts'

/**
 * The engine of a session, and the blocklist that it keeps to. Rejects with the system's error where
 * the port or the blocklist's file cannot be had.
 */
export async function openSessionSwarms(options: ResolvedOptions): Promise<SwarmClient> {
  const { dht, lsd, trackers, portForward, maxConnections, maxConnectionsPerTorrent } = options
  const { dhtBootstrap } = options
  const blocklist = await openBlocklist(options)
  try {
    const swarms = await options.openSwarms({
      ...{ dht, lsd, trackers, portForward, maxConnections, maxConnectionsPerTorrent },
      ...(dhtBootstrap.length === 0 ? {} : { dhtBootstrap }),
      port: options.peerPort,
      isBlocked: (host) => blocklist?.has(host) ?? false,
      log: options.log.child({ name: 'swarm' }),
    })
    if (blocklist === null) return swarms
    const close = swarms.close.bind(swarms)
    swarms.close = async () => {
      blocklist.close()
      await close()
    }
    return swarms
  } catch (error) {
    blocklist?.close()
    throw error
  }
}
