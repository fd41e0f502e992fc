import { fileURLToPath } from 'node:url'
import { ScriptProcess } from '../script-process.ts'
import type { SwarmPlan } from './peer-plan.ts'
import type { SwarmAnswer, SwarmCommand } from './swarm-message.ts'
import type { SyntheticTorrent } from './synthetic-torrent.ts'
import type { Traffic } from './traffic.ts'

const SCRIPT = fileURLToPath(new URL('./swarm-main.ts', import.meta.url))

/** Where the peers live. */
export interface PeerNetwork {
  /** The address of peer `index`, each its own: trust goes by address. */
  host(index: number): string
  /** What to put before a command line so that it runs there. */
  readonly prefix: readonly string[]
}

/** 127.0.0.2 and up. */
export const LOOPBACK: PeerNetwork = { host: (index) => `127.0.0.${index + 2}`, prefix: [] }

/** All peers at one address, as behind one router. */
export const ONE_ADDRESS: PeerNetwork = { host: () => '127.0.0.1', prefix: [] }

/** A swarm in a process of its own. */
export class Swarm {
  readonly plan: SwarmPlan
  readonly torrent: SyntheticTorrent
  /** host:port of each peer. */
  readonly addresses: readonly string[]
  readonly #process: ScriptProcess<SwarmCommand, SwarmAnswer>

  private constructor(
    plan: SwarmPlan,
    torrent: SyntheticTorrent,
    addresses: readonly string[],
    process: ScriptProcess<SwarmCommand, SwarmAnswer>,
  ) {
    this.plan = plan
    this.torrent = torrent
    this.addresses = addresses
    this.#process = process
  }

  static async start(
    plan: SwarmPlan,
    torrent: SyntheticTorrent,
    network: PeerNetwork = LOOPBACK,
    info: Uint8Array | null = null,
  ): Promise<Swarm> {
    const process = new ScriptProcess<SwarmCommand, SwarmAnswer>(SCRIPT, network.prefix)
    const { infoHash, length, pieceLength } = torrent
    const hosts = plan.peers.map((_, i) => network.host(i))
    const peers = plan.peers
    const answer = await process.ask({
      ...{ kind: 'serve', infoHash, length, pieceLength, peers, hosts, info },
    })
    if (answer.kind !== 'serving') throw new Error(`the swarm answered ${answer.kind}`)
    return new Swarm(plan, torrent, answer.addresses, process)
  }

  async traffic(): Promise<Traffic> {
    const answer = await this.#process.ask({ kind: 'traffic' })
    if (answer.kind !== 'traffic') throw new Error(`the swarm answered ${answer.kind}`)
    return answer.traffic
  }

  /** Makes the plan's freezing peers fall silent. */
  async freeze(): Promise<void> {
    if (this.plan.freezing > 0)
      await this.#process.ask({ kind: 'freeze', count: this.plan.freezing })
  }

  /** Drops all connections, thaws and counts from zero. */
  async reset(): Promise<void> {
    await this.#process.ask({ kind: 'reset' })
  }

  async stop(): Promise<void> {
    await this.#process.stop()
  }
}
