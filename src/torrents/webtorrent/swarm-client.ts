import './utp-binding.ts'
import WebTorrent from 'webtorrent'
import type { Clock } from '../../clock.ts'
import { engineFaults } from '../../engine-faults.ts'
import type { Logger } from '../../log.ts'
import type { Binding } from '../binding/binding.ts'
import { DiscoveryServices } from '../discovery/discovery-services.ts'
import { MetadataRoom } from '../extensions/metadata-room.ts'
import { PortMapping } from '../port-mapping/port-mapping.ts'
import type { PortToMap } from '../port-mapping/port-to-map.ts'
import type { SwarmClient } from '../swarm/swarm.ts'
import { SwarmTraffic } from '../swarm/swarm-traffic.ts'
import { UploadSlots } from '../uploads/upload-slots.ts'
import { BoundEngine, firstListener } from './bound-engine.ts'
import { DEFAULT_CONNECTION_LIMITS, limitConnections, MAX_HALF_OPEN } from './connections.ts'
import { Dht } from './dht.ts'
import { INCOMING_SECURE } from './dialing.ts'
import { patchEngine } from './engine-patches.ts'
import { takeCalls } from './incoming.ts'
import { KeyExchange } from './mse-keys.ts'
import { isSilent } from './peer-pipes.ts'
import { WebTorrentSwarm } from './swarm.ts'
import { utpFault } from './utp-binding.ts'

const CLOSE_TIMEOUT_MS = 2_000
const LOOK_FOR_SILENT_PEERS_MS = 30_000

export interface SwarmClientOptions {
  /** TCP and uTP; 0 takes any free one. */
  readonly port: number
  readonly dht: boolean
  readonly lsd: boolean
  readonly trackers: boolean
  readonly portForward: boolean
  /** With peers, over all torrents, whoever has called; 200 when absent. */
  readonly maxConnections?: number | undefined
  /** 50 when absent. */
  readonly maxConnectionsPerTorrent?: number | undefined
  /** Peers' addresses that nothing is to be had with; none when absent. */
  readonly isBlocked?: ((host: string) => boolean) | undefined
  /** First nodes of the DHT, `host:port`; those of the public one when absent. */
  readonly dhtBootstrap?: readonly string[]
  /** What all of it is held to; `null` or absent for the system to choose. */
  readonly binding?: Binding | null
  /** It never goes back. */
  readonly clock: Clock
  readonly log: Logger
}

/** Resolves when the port is listened on; rejects with the system's error when it cannot be. */
export async function openSwarmClient(options: SwarmClientOptions): Promise<SwarmClient> {
  const { clock, log, binding = null } = options
  patchEngine()
  // The first takes 20 ms, which no viewer shall wait for.
  new KeyExchange().generateKeys()
  engineFaults.reportTo(log)
  const limits = {
    total: options.maxConnections ?? DEFAULT_CONNECTION_LIMITS.total,
    perTorrent: options.maxConnectionsPerTorrent ?? DEFAULT_CONNECTION_LIMITS.perTorrent,
    isBlocked: options.isBlocked,
  }
  if (utpFault !== null) log.info({ reason: utpFault }, 'no uTP here: peers are reached by TCP')
  const client = new WebTorrent({
    torrentPort: binding === null ? options.port : firstListener(binding, options.port),
    // Ours: an error of the engine's own would end the engine.
    dht: false,
    lsd: false,
    tracker: false,
    // Ours: the engine's own believes whatever on the LAN calls itself a router.
    natUpnp: false,
    natPmp: false,
    // Its own server for it listens at all addresses.
    utp: binding === null,
    secure: INCOMING_SECURE,
    // Ours counts: the engine's own would count those that are being dialled like those that are met.
    maxConns: limits.total,
    webSeeds: false,
    // Ours: the engine's own would hold back our requests along with the blocks that we send.
    uploadLimit: -1,
    userAgent: 'Tributary',
  })
  const traffic = new SwarmTraffic(() => clock.now())
  const connections = limitConnections(client, limits)
  takeCalls(client, connections, traffic)
  await new Promise<void>((resolve, reject) => {
    client.once('listening', resolve)
    client.on('error', (error: unknown) => {
      // It has destroyed itself where it cannot go on; without uTP, for one, it can.
      if (client.destroyed && !client.listening) reject(error)
      else log.warn({ err: error }, 'the BitTorrent engine complains')
    })
  })
  const bound =
    binding === null
      ? null
      : new BoundEngine(client, {
          ...{ binding, maxUtpConnections: limits.total + MAX_HALF_OPEN, log },
        })
  const dht = options.dht ? new Dht({ port: 0, log, binding, ...bootstrapOf(options) }) : null
  if (dht !== null) client.dht = engineDht(dht)
  const { trackers, lsd } = options
  const services = new DiscoveryServices({ trackers, lsd, dht, binding, clock, log })
  const portMapping = options.portForward
    ? new PortMapping({ ports: () => portsOf(client, dht), binding, log })
    : null
  void portMapping?.open()
  // Each takes some memory in C before anybody has said a word.
  const utp = client._connPool?.utpServer
  if (utp) utp.maxConnections = limits.total + MAX_HALF_OPEN
  const silentTimer = setInterval(() => dropSilentPeers(client), LOOK_FOR_SILENT_PEERS_MS).unref()
  const shared = {
    slots: new UploadSlots(),
    metadataRoom: new MetadataRoom(),
    discovery: services.ports,
    ...{ traffic, binding, clock, log },
  }
  return {
    binding,
    port: client.torrentPort,
    get engineFaults() {
      return engineFaults.count
    },
    traffic,
    dht: () => dht?.facts ?? null,
    limitConnections: (most) => {
      connections.limit(most)
      // Of its own it counts those that are being dialled as well; ours is the one that decides.
      client.maxConns = most.total
    },
    dropBlocked: () => connections.dropBlocked(),
    join: (facts, listener) => new WebTorrentSwarm(client, facts, listener, shared),
    close: async () => {
      clearInterval(silentTimer)
      bound?.close()
      services.close()
      await portMapping?.close()
      await dht?.close()
      await new Promise<void>((resolve) => {
        if (client.destroyed) {
          resolve()
          return
        }
        const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS)
        client.destroy(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    },
  }
}

/** What peers and nodes reach us by. */
function portsOf(client: WebTorrent, dht: Dht | null): PortToMap[] {
  const { torrentPort: port, utp } = client
  const node = dht === null || dht.port === 0 ? [] : [dht.port]
  const udp = [...(utp ? [port] : []), ...node]
  return [
    { protocol: 'tcp' as const, port },
    ...udp.map((one) => ({ protocol: 'udp' as const, port: one })),
  ]
}

function bootstrapOf({ dhtBootstrap }: SwarmClientOptions): { bootstrap?: readonly string[] } {
  return dhtBootstrap === undefined ? {} : { bootstrap: dhtBootstrap }
}

/** What webtorrent wants of a DHT: to tell peers its port, and to add those that they tell. */
function engineDht(dht: Dht): WebTorrent['dht'] {
  return {
    get listening() {
      return dht.port !== 0
    },
    destroyed: false,
    address: () => ({ port: dht.port }),
    addNode: ({ host, port }) => dht.addNode(host, port),
    destroy: (callback) => queueMicrotask(callback),
    _tables: { remove: () => {} },
  }
}

function dropSilentPeers(client: WebTorrent): void {
  const now = performance.now()
  for (const torrent of client.torrents) {
    const peers = [...(torrent._peers?.values() ?? [])]
    for (const peer of peers) if (peer.connected && isSilent(peer, now)) peer.destroy()
  }
}
