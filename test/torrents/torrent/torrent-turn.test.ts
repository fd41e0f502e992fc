import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { FileSelection } from '../../../src/torrents/torrent/file-selection.ts'
import { TorrentTurn } from '../../../src/torrents/torrent/torrent-turn.ts'

/** A torrent whose files cannot be opened, which shows when `fail` is called. */
function unopenable(): { turn: TorrentTurn; failures: unknown[]; fail(): void } {
  const failures: unknown[] = []
  let fail = (): void => {}
  const waking = new Promise<never>((_, reject) => {
    fail = () => reject(new Error('the disk is gone'))
  })
  const turn = new TorrentTurn({
    host: { looked: () => {}, reviewTurns: () => {} },
    presence: { enter: () => {}, leave: async () => {}, left: async () => {} },
    ...{ content: null, condition: { mayWork: true }, selection: new FileSelection(null) },
    files: { wakeChecked: () => waking },
    fail: (error) => void failures.push(error),
  })
  return { turn, failures, fail }
}

it('fails where what is here cannot be opened', async () => {
  const { turn, failures, fail } = unopenable()
  turn.set(true)
  fail()
  await turn.settled
  expect(failures).toMatchObject([{ message: 'the disk is gone' }])
})

it('does not fail any more where it was given up meanwhile', async () => {
  const { turn, failures, fail } = unopenable()
  turn.set(true)
  const { settled } = turn
  await turn.giveUp()
  fail()
  await settled
  await nextTurn()
  expect(failures).toEqual([])
  expect([turn.hasTurn, turn.isQueued]).toEqual([false, false])
})
