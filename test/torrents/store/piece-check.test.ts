import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { checkPieces, type PieceCheckOptions } from '../../../src/torrents/store/piece-check.ts'
import { pseudoRandomBytes } from '../../helpers/make-torrent.ts'
import { StoreBench } from '../../helpers/piece-stores.ts'

const data = pseudoRandomBytes(6 * 16_384, 1)

/** Checks six pieces, of which the third is wrong on the disk. */
async function check(options: Partial<PieceCheckOptions> = {}): Promise<string[]> {
  const bench = await StoreBench.open([{ path: ['a'], data }], 16_384)
  const wrong = Buffer.from(data)
  wrong.fill(0, 2 * 16_384, 2 * 16_384 + 5)
  await writeFile(bench.pathOf('a'), wrong)
  const checked: string[] = []
  await checkPieces({
    store: bench.store,
    inDoubt: [0, 1, 2, 3, 4, 5],
    urgent: () => [],
    isStopped: () => false,
    onChecked: (piece, isValid) => checked.push(`${piece} ${isValid}`),
    ...options,
  })
  return checked
}

describe('checkPieces()', () => {
  it('checks what is in doubt, in order, each piece once', async () => {
    const expected = ['0 true', '1 true', '2 false', '3 true', '4 true', '5 true']
    expect(await check()).toEqual(expected)
    expect(await check({ inDoubt: [5] })).toEqual(['5 true'])
    expect(await check({ inDoubt: [] })).toEqual([])
  })

  it('looks first at what viewers wait for', async () => {
    const checked = await check({ urgent: () => [99, 4, 3] })
    expect(checked.slice(0, 2)).toEqual(['4 true', '3 true'])
    expect(checked).toHaveLength(6)
  })

  it('stops when it is told to', async () => {
    let isStopped = false
    const checked: number[] = []
    await check({
      isStopped: () => isStopped,
      onChecked: (piece) => {
        checked.push(piece)
        isStopped = true
      },
    })
    expect(checked.length).toBeLessThanOrEqual(2)
  })
})
