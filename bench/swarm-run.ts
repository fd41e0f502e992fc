import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchOptions } from './options.ts'
import { NetNamespace, namespacesMissing } from './swarm/net-namespace.ts'
import type { SwarmPlan } from './swarm/peer-plan.ts'
import { Swarm } from './swarm/swarm-process.ts'
import { type SyntheticTorrent, syntheticTorrent } from './swarm/synthetic-torrent.ts'

/** In bytes: the film of the benchmarks with a limited swarm. */
export const FILM_LENGTH: number = 512 * 1_048_576

const LINK_DELAY_MS = 30
const WARM_LIMIT_MS = 3_000

/** Calls `measure` with each swarm and piece size that the options name. */
export async function forEachSwarm(
  options: BenchOptions,
  measure: (swarm: Swarm, row: string) => Promise<void>,
): Promise<void> {
  for (const plan of options.swarms) {
    for (const pieceLength of options.pieceLengths) {
      const row = `${plan.name}, ${pieceLength / 1_048_576} MiB`
      await withSwarm(plan, syntheticTorrent(FILM_LENGTH, pieceLength), options.netns, (swarm) =>
        measure(swarm, row),
      )
    }
  }
}

/** Starts a swarm, on loopback or in a network namespace, and stops it after `use`. */
export async function withSwarm<T>(
  plan: SwarmPlan,
  torrent: SyntheticTorrent,
  netns: boolean,
  use: (swarm: Swarm) => Promise<T>,
): Promise<T> {
  const network = netns ? new NetNamespace(LINK_DELAY_MS, plan.peers.length) : null
  try {
    const swarm = network
      ? await Swarm.start(behindLink(plan), torrent, network)
      : await Swarm.start(plan, torrent)
    try {
      return await use(swarm)
    } finally {
      await swarm.stop()
    }
  } finally {
    network?.close()
  }
}

/** Ends the benchmark, visibly, where --netns was asked for and cannot be had. */
export function requireNamespaces(options: BenchOptions): void {
  const reason = options.netns ? namespacesMissing() : null
  if (!reason) return
  process.stdout.write(`SKIPPED --netns: ${reason}\n`)
  process.exit(0)
}

/**
 * Waits until all peers are connected, or 3 s for programs that dial only when somebody streams.
 * Answers how many bytes had been sent by then: 0 if it was warm and nothing more.
 */
export async function whenWarm(swarm: Swarm): Promise<number> {
  const until = performance.now() + WARM_LIMIT_MS
  for (;;) {
    const { connected, sentBytes } = await swarm.traffic()
    const isWarm = connected >= swarm.plan.peers.length
    if (isWarm || performance.now() > until) {
      if (isWarm) await sleep(300)
      return isWarm ? (await swarm.traffic()).sentBytes : sentBytes
    }
    await sleep(20)
  }
}

/** The plan with the link's share of the round trips taken out: the kernel adds it. */
function behindLink(plan: SwarmPlan): SwarmPlan {
  const peers = plan.peers.map((peer) => ({
    ...peer,
    rttMs: Math.max(0, peer.rttMs - 2 * LINK_DELAY_MS),
  }))
  return { ...plan, peers }
}
