import { steadyClock } from '../../clock.ts'
import type { SwarmClient } from '../swarm/swarm.ts'
import { type BlocklistSource, openBlocklist } from './blocklist-source.ts'
import { openBinding } from './session-binding.ts'
import type { ResolvedOptions } from './session-options.ts'

/**
 * The engine of a session, and the binding and the blocklist that it keeps to. Rejects with the system's error where
 * the port or the blocklist's file cannot be had, with TorrentError `bad-binding` where nothing can be bound.
 */
export async function openSessionSwarms(
  options: ResolvedOptions,
  stateFolder: string,
): Promise<SwarmClient> {
  const { dht, lsd, trackers, portForward, maxConnections, maxConnectionsPerTorrent } = options
  const { dhtBootstrap } = options
  const binding = await openBinding(options)
  let blocklist: BlocklistSource | null = null
  try {
    const { blocklistClock: clock = steadyClock } = options
    blocklist = await openBlocklist({ ...options, clock, binding, stateFolder })
    const list = blocklist
    const swarms = await options.openSwarms({
      ...{ dht, lsd, trackers, portForward, maxConnections, maxConnectionsPerTorrent },
      ...(dhtBootstrap.length === 0 ? {} : { dhtBootstrap }),
      ...{ port: options.peerPort, binding },
      isBlocked: (host) => list?.has(host) ?? false,
      log: options.log.child({ name: 'swarm' }),
    })
    if (list !== null) list.onChange = () => swarms.dropBlocked()
    if (list === null && binding === null) return swarms
    const close = swarms.close.bind(swarms)
    swarms.close = async () => {
      list?.close()
      await close()
      binding?.close()
    }
    return swarms
  } catch (error) {
    blocklist?.close()
    binding?.close()
    throw error
  }
}
