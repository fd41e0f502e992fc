import { randomInt } from 'node:crypto'
import { networkInterfaces } from 'node:os'
import type { Clock } from '../../clock.ts'
import type { Binding } from '../binding/binding.ts'
import { HttpClient } from '../http-client/http-client.ts'
import { namesOf } from '../http-client/name-lookup.ts'
import { AnnounceGate } from './announce-gate.ts'
import type { DhtPort, DiscoveryPorts } from './discovery.ts'
import { Lsd, type LsdOptions } from './lsd.ts'
import { UdpTrackers } from './udp-trackers.ts'

/** Announces under way at once: sockets, of which other parts of the server need some as well. */
const ANNOUNCES = { total: 64, perOwner: 16 }

export interface DiscoveryServicesOptions {
  readonly trackers: boolean
  readonly lsd: boolean
  readonly dht: DhtPort | null
  /** What all of it is held to; `null` for nothing. */
  readonly binding: Binding | null
  /** It never goes back. */
  readonly clock: Clock
  readonly log: { debug(facts: object, message: string): void }
}

/** What the torrents of a session share to find peers. */
export class DiscoveryServices {
  readonly ports: DiscoveryPorts
  readonly #udp: UdpTrackers | null
  readonly #lsd: Lsd | null

  constructor({ trackers, lsd, dht, binding, clock, log }: DiscoveryServicesOptions) {
    const names = namesOf(binding)
    const udp = trackers ? new UdpTrackers({ names, binding, clock, log }) : null
    this.#udp = udp
    this.#lsd = lsd ? openLsd(binding, { clock, log }) : null
    this.ports = {
      trackers:
        udp === null
          ? null
          : {
              udp,
              http: new HttpClient(names, binding),
              announces: new AnnounceGate(ANNOUNCES),
              stops: new AnnounceGate(ANNOUNCES),
            },
      ...{ dht, clock, lsd: this.#lsd },
      random: Math.random,
      key: randomInt(2 ** 32),
    }
  }

  /** After each torrent has closed its `Discovery`. */
  close(): void {
    this.#udp?.close()
    this.#lsd?.close()
  }
}

/** Where BitTorrent is bound, local peers are those of that interface. */
function openLsd(binding: Binding | null, options: LsdOptions): Lsd {
  if (binding === null) return new Lsd(options)
  const bound = (): ReturnType<typeof networkInterfaces> => {
    const { interfaceName = '', ipv4, ipv6 } = binding.addresses ?? {}
    const ours = networkInterfaces()[interfaceName] ?? []
    return { [interfaceName]: ours.filter(({ address }) => address === ipv4 || address === ipv6) }
  }
  const lsd = new Lsd({ ...options, networkInterfaces: bound })
  binding.onChange(() => lsd.look())
  return lsd
}
