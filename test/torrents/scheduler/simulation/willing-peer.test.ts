import { expect, test } from 'vitest'
import { generateWillingPeerSwarm } from './willing-peer.ts'

const SWARMS = 300

test(`where one peer is willing, nobody waits for ever: ${SWARMS} generated swarms`, () => {
  const stuck: object[] = []
  for (let seed = 1; seed <= SWARMS; seed++) {
    const { swarm, readers, deadline } = generateWillingPeerSwarm(seed)
    const { pieceCount } = swarm.layout
    const isFinished = (): boolean =>
      readers.every(({ isDone }) => isDone) &&
      (swarm.options.onDemand === true || swarm.store.verifiedCount === pieceCount)
    swarm.run(deadline, isFinished)
    if (isFinished()) continue
    const { pieceLength, peers } = swarm.options
    stuck.push({
      ...{ seed, pieceLength, pieceCount, verified: swarm.store.verifiedCount },
      ...{ deadline: Math.round(deadline), verification: swarm.options.verification },
      readers: readers.map(({ position }) => position),
      peers: peers.map((facts) => ({ ...facts, allowedFast: facts.allowedFast?.length })),
    })
  }
  expect(stuck).toEqual([])
})
