import { expect, test } from 'vitest'
import { extent } from './extent.ts'
import { generateWillingPeerSwarm, LONGEST_WAIT_MS } from './willing-peer.ts'

const SWARMS = extent(60, 120)

test(`where one peer is willing, nobody waits for ever: ${SWARMS} generated swarms`, {
  timeout: 60_000,
}, async () => {
  const stuck: object[] = []
  for (let seed = 1; seed <= SWARMS; seed++) {
    const { swarm, readers, deadline } = generateWillingPeerSwarm(seed)
    const { pieceCount } = swarm.layout
    let movedAt = 0
    let longest = 0
    swarm.watcher = {
      answered: () => {
        longest = Math.max(longest, swarm.now - movedAt)
        movedAt = swarm.now
      },
    }
    const isFinished = (): boolean =>
      readers.every(({ isDone }) => isDone) &&
      (swarm.options.onDemand === true || swarm.store.verifiedCount === pieceCount)
    const isStuck = (): boolean => swarm.now - movedAt > LONGEST_WAIT_MS
    await swarm.run(deadline, () => isFinished() || isStuck())
    if (isFinished() && longest <= LONGEST_WAIT_MS) continue
    const { pieceLength, peers } = swarm.options
    stuck.push({
      ...{ seed, pieceLength, pieceCount, verified: swarm.store.verifiedCount },
      ...{ now: Math.round(swarm.now), verification: swarm.options.verification },
      ...{ longest, stats: swarm.scheduler.stats(), onDemand: swarm.options.onDemand },
      readers: readers.map(({ position }) => position),
      peers: peers.map((facts) => ({ ...facts, allowedFast: facts.allowedFast?.length })),
    })
  }
  expect(stuck).toEqual([])
})
