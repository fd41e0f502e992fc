import { describe, expect, it } from 'vitest'
import { Playback } from '../../bench/viewer/playback.ts'

const MIB = 1_048_576

describe('Playback', () => {
  it('begins at 2 MiB and stalls when nothing is left', () => {
    const playback = new Playback(MIB)
    playback.receive(2 * MIB, 0)
    playback.receive(0, 1_900)
    expect(playback.stalls).toBe(0)
    playback.receive(0, 2_500)
    expect(playback.stalls).toBe(1)
    expect(playback.stalledMs).toBe(500)
  })

  it('goes on with 256 KiB and counts the time up to then', () => {
    const playback = new Playback(MIB)
    playback.receive(2 * MIB, 0)
    playback.receive(MIB / 8, 2_400)
    playback.receive(MIB / 8, 2_600)
    playback.receive(0, 2_800)
    expect(playback.stalls).toBe(1)
    expect(playback.stalledMs).toBe(600)
  })

  it('does not play, and so does not stall, before it has 2 MiB', () => {
    const playback = new Playback(MIB)
    playback.receive(MIB, 0)
    playback.receive(0, 60_000)
    expect(playback.stalls).toBe(0)
  })

  it('begins no sooner than it is told', () => {
    const playback = new Playback(MIB, 10_000)
    playback.receive(2 * MIB, 0)
    playback.receive(0, 9_000)
    playback.receive(0, 10_000)
    playback.receive(0, 11_900)
    expect(playback.stalls).toBe(0)
    playback.receive(0, 12_500)
    expect(playback.stalledMs).toBe(500)
  })

  it('is full with 24 MiB ahead', () => {
    const playback = new Playback(MIB)
    playback.receive(24 * MIB, 0)
    expect(playback.isFull).toBe(true)
    playback.receive(0, 1_000)
    expect(playback.isFull).toBe(false)
  })
})
