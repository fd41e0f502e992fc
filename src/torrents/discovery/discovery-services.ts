import { randomInt } from 'node:crypto'
import { steadyClock } from '../../clock.ts'
import { HttpClient } from '../http-client/http-client.ts'
import { NameLookup } from '../http-client/name-lookup.ts'
import { AnnounceGate } from './announce-gate.ts'
import type { DhtPort, DiscoveryPorts } from './discovery.ts'
import { Lsd } from './lsd.ts'
import { UdpTrackers } from './udp-trackers.ts'

/** Announces under way at once: sockets, of which other parts of the server need some as well. */
const ANNOUNCES = { total: 64, perOwner: 16 }

export interface DiscoveryServicesOptions {
  readonly trackers: boolean
  readonly lsd: boolean
  readonly dht: DhtPort | null
  readonly log: { debug(facts: object, message: string): void }
}

/** What the torrents of a session share to find peers. */
export class DiscoveryServices {
  readonly ports: DiscoveryPorts
  readonly #udp: UdpTrackers | null
  readonly #lsd: Lsd | null

  constructor({ trackers, lsd, dht, log }: DiscoveryServicesOptions) {
    const clock = steadyClock
    const names = new NameLookup()
    const udp = trackers ? new UdpTrackers({ names, clock, log }) : null
    this.#udp = udp
    this.#lsd = lsd ? new Lsd({ clock, log }) : null
    this.ports = {
      trackers:
        udp === null
          ? null
          : {
              udp,
              http: new HttpClient(names),
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
