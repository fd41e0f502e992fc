import { expect, it } from 'vitest'
import { SwarmMembership } from '../../../src/torrents/swarm/membership.ts'
import { FakeSwarms } from '../../helpers/fake-swarms.ts'

const infoHash = '0123456789abcdef0123456789abcdef01234567'

function member(peers: readonly string[] = []): {
  membership: SwarmMembership
  swarms: FakeSwarms
} {
  const swarms = new FakeSwarms()
  const torrent = {
    ...{ metadataArrived: () => {}, fail: () => {} },
    readBlock: () => Promise.reject(new Error('nothing is here')),
    progress: () => ({ downloadedBytes: 0, leftBytes: null }),
  }
  const trackers = ['udp://one.example:80']
  return {
    membership: new SwarmMembership({ swarms, infoHash, trackers, peers, member: torrent }),
    swarms,
  }
}

it('tries known peers each time it joins, and remembers those that were added meanwhile', async () => {
  const { membership, swarms } = member(['10.0.0.1:1'])
  membership.join(null)
  expect(membership.addPeers(['10.0.0.2:2', 'nobody', '[::1]:3'])).toBe(2)
  expect(swarms.of(infoHash).peers).toEqual(['10.0.0.1:1', '10.0.0.2:2', '[::1]:3'])
  await membership.leave()
  expect(swarms.of(infoHash).isClosed).toBe(true)
  membership.join(null)
  expect(swarms.joined).toHaveLength(2)
  expect(swarms.of(infoHash).peers).toEqual(['10.0.0.1:1', '10.0.0.2:2', '[::1]:3'])
})

it('announces to trackers that come later once each, to a hundred at most', () => {
  const { membership, swarms } = member()
  membership.join(null)
  const many = Array.from({ length: 150 }, (_, index) => `udp://${index}.example:80`)
  membership.addTrackers(['udp://one.example:80', ...many, ...many])
  expect(membership.trackers).toHaveLength(100)
  expect(swarms.of(infoHash).addedTrackers).toEqual(many.slice(0, 99))
})

it('joins once', () => {
  const { membership, swarms } = member()
  expect(membership.join(null)).toBe(membership.join(null))
  expect(swarms.joined).toHaveLength(1)
})
