import { describe, expect, it } from 'vitest'
import type { BackgroundMember } from '../../../src/torrents/download/background-share.ts'
import { BackgroundBudget } from '../../../src/torrents/session/background-budget.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { pseudoRandomBytes, singleFile } from '../../helpers/make-torrent.ts'
import { Id, message, RawPeer } from '../../helpers/raw-peer.ts'
import { openSeeder, openSession, until } from '../../helpers/sessions.ts'

const MIB = 1024 * 1024
const film = singleFile('film.mkv', pseudoRandomBytes(200_000, 1))
/** 12 s of what two torrents are held to. */
const paused = singleFile('paused.mkv', pseudoRandomBytes(6 * MIB, 2), 64 * 1024)
/** More than arrives while others are held back after the last starving moment. */
const other = singleFile('other.mkv', pseudoRandomBytes(3 * MIB, 3), 64 * 1024)

it('frees a torrent that was paused while others were held back, once it is started', async () => {
  const seeder = await openSeeder(paused)
  const second = await openSeeder(other)
  const session = await openSession()
  const { torrent: streamed } = await session.add({ kind: 'torrent-file', bytes: film.torrentFile })
  await until(session, () => streamed.state.kind === 'live')
  const peer = await RawPeer.connect(session.peerPort, streamed.infoHash)
  peer.send(message(Id.bitfield, Buffer.from([0xfe])))
  peer.send(message(Id.unchoke))
  const stream = streamed.stream(0)
  const read = stream.read(new Uint8Array(1))
  await peer.next(Id.request)
  const { torrent } = await session.add(
    { kind: 'torrent-file', bytes: paused.torrentFile },
    { initialPeers: [seeder.address] },
  )
  await expect.poll(() => torrent.stats().progressBytes).toBeGreaterThan(0)
  await torrent.pause()
  stream.close()
  await expect(read).rejects.toThrow('closed')
  const { torrent: free } = await session.add(
    { kind: 'torrent-file', bytes: other.torrentFile },
    { initialPeers: [second.address] },
  )
  await until(session, () => free.stats().finished)
  await torrent.start()
  await expect.poll(() => torrent.stats().finished, { timeout: 5_000 }).toBe(true)
})

/** A torrent that counts how often it is told to plan again. */
class Member implements BackgroundMember {
  isDownloading = true
  changes = 0

  changed(): void {
    this.changes++
  }
}

function stage(): { budget: BackgroundBudget; clock: FakeClock; member: Member; other: Member } {
  const clock = new FakeClock()
  const budget = new BackgroundBudget((ms, run) => clock.after(ms, run))
  return { budget, clock, member: new Member(), other: new Member() }
}

describe('BackgroundBudget', () => {
  it('limits nobody while no stream starves', () => {
    const { budget, member } = stage()
    expect(budget.join(member).bytesPerSecond).toBe(Number.POSITIVE_INFINITY)
  })

  it('divides 1 MiB/s between those who download, from the moment that a stream starves', () => {
    const { budget, member, other } = stage()
    const [share, otherShare] = [budget.join(member), budget.join(other)]
    const seeding = new Member()
    seeding.isDownloading = false
    budget.join(seeding)
    share.starves({ isStarving: true })
    expect([share.bytesPerSecond, otherShare.bytesPerSecond]).toEqual([MIB / 2, MIB / 2])
    expect([member.changes, other.changes]).toEqual([1, 1])
  })

  it('frees all one second after the last stream has ceased to starve', async () => {
    const { budget, clock, member, other } = stage()
    const [share, otherShare] = [budget.join(member), budget.join(other)]
    share.starves({ isStarving: true })
    otherShare.starves({ isStarving: true })
    share.starves({ isStarving: false })
    await clock.advance(5_000)
    otherShare.starves({ isStarving: false })
    await clock.advance(999)
    expect(share.bytesPerSecond).toBe(MIB / 2)
    await clock.advance(1)
    expect(share.bytesPerSecond).toBe(Number.POSITIVE_INFINITY)
    expect(member.changes).toBe(2)
  })

  it('stays held where a stream starves again within the second', async () => {
    const { budget, clock, member } = stage()
    const share = budget.join(member)
    share.starves({ isStarving: true })
    share.starves({ isStarving: false })
    await clock.advance(900)
    share.starves({ isStarving: true })
    await clock.advance(900)
    expect(share.bytesPerSecond).toBe(MIB)
  })

  it('does not wait for a torrent that left while a stream of it starved', async () => {
    const { budget, clock, member, other } = stage()
    const share = budget.join(member)
    const otherShare = budget.join(other)
    share.starves({ isStarving: true })
    share.leave()
    await clock.advance(1_000)
    expect(otherShare.bytesPerSecond).toBe(Number.POSITIVE_INFINITY)
    expect(clock.pending).toBe(0)
  })
})
