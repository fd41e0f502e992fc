import { describe, expect, it } from 'vitest'
import { Progress, type ProgressFacts } from '../../src/cli/progress.ts'
import { durationText, sizeText } from '../../src/cli/size-text.ts'

const HALF: ProgressFacts = {
  doing: 'downloading',
  doneBytes: 500_000_000,
  totalBytes: 1_000_000_000,
  bytesPerSecond: 4_000_000,
  peers: 3,
}

function shownOn(output: { isTTY?: boolean; columns?: number }): {
  written: string[]
  progress: Progress
  clock: { nowMs: number }
} {
  const written: string[] = []
  const clock = { nowMs: 0 }
  const write = (text: string): number => written.push(text)
  return { written, clock, progress: new Progress({ ...output, write }, () => clock.nowMs) }
}

describe('progress', () => {
  it('is one line on a terminal, drawn over again, no longer than the terminal is wide', () => {
    const { written, progress } = shownOn({ isTTY: true, columns: 100 })
    progress.show(HALF)
    progress.show({ ...HALF, doneBytes: HALF.totalBytes })
    progress.say('Film\u001b[2J is there')
    expect(written).toEqual([
      `\r\u001b[K[${'#'.repeat(15)}${'.'.repeat(15)}] downloading 50 % of 1.0 GB, 4.0 MB/s, 3 peers, 2 min 5 s left`,
      expect.stringContaining(`[${'#'.repeat(30)}] downloading 100 %`),
      '\r\u001b[KFilm\\u001b[2J is there\n',
    ])
  })

  it.each([
    [80, '[#######........] downloading 50 % of 1.0 GB, 4.0 MB/s, 3 peers, 2 min 5 s left'],
    // A terminal of no size.
    [0, '[#######........] downloading 50 % of 1.0 GB, 4.0 MB/s, 3 peers, 2 min 5 s left'],
    [66, 'downloading 50 % of 1.0 GB, 4.0 MB/s, 3 peers, 2 min 5 s left'],
    [30, 'downloading 50 % of 1.0 GB, 4'],
  ])('of %i columns keeps what it says, and a bar as long as there is room', (columns, line) => {
    const { written, progress } = shownOn({ isTTY: true, columns })
    progress.show(HALF)
    expect(written).toEqual([`\r\u001b[K${line}`])
  })

  it('is a line every ten seconds elsewhere, if there is news', () => {
    const { written, progress, clock } = shownOn({})
    for (clock.nowMs = 0; clock.nowMs <= 30_000; clock.nowMs += 1_000) {
      progress.show(clock.nowMs < 15_000 ? HALF : { ...HALF, totalBytes: 0, peers: 1 })
    }
    progress.clear()
    expect(written).toEqual([
      'downloading 50 % of 1.0 GB, 4.0 MB/s, 3 peers, 2 min 5 s left\n',
      'downloading, 4.0 MB/s, 1 peer\n',
    ])
  })
})

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [999_950, '1.0 MB'],
  [123_456_789, '123 MB'],
  [1.5e12, '1.5 TB'],
])('%i bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text)
})

it.each([
  [0.2, '0 s'],
  [59.4, '59 s'],
  [200, '3 min 20 s'],
  [7_500, '2 h 5 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text)
})
