import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { FileSet } from '../../../src/torrents/metainfo/file-set.ts'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import { FileSelection } from '../../../src/torrents/torrent/file-selection.ts'
import { RestingHoldings } from '../../../src/torrents/torrent/holdings.ts'
import type { TorrentContent } from '../../../src/torrents/torrent/torrent-content.ts'
import { Wakefulness } from '../../../src/torrents/torrent/wakefulness.ts'
import { TorrentError } from '../../../src/torrents/torrent-error.ts'
import { ContentBench } from '../../helpers/content-bench.ts'
import { makeTorrent } from '../../helpers/make-torrent.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const METAINFO = parseMetainfo(
  makeTorrent(
    'Show',
    [
      { path: ['a.mkv'], data: Buffer.alloc(40_000, 1) },
      { path: ['b.mkv'], data: Buffer.alloc(40_000, 2) },
    ],
    16 * 1024,
  ).torrentFile,
)
const AGAIN = new TorrentError('closed', 'it is checked again')

interface Bench {
  readonly files: Wakefulness
  readonly selection: FileSelection
  /** All that were opened, in order. */
  readonly opened: TorrentContent[]
  readonly failures: unknown[]
  /** Until this is called nothing is opened. */
  release(): void
}

/** Files that rest where they may. */
async function bench(): Promise<Bench> {
  const contents = new ContentBench(await temporaryFolder())
  const selection = new FileSelection(null)
  const opened: TorrentContent[] = []
  const failures: unknown[] = []
  let release = (): void => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const files = new Wakefulness({
    ...{ selection, condition: contents },
    fail: (error) => void failures.push(error),
    opener: {
      open: async ({ mayRest }) => {
        const { onlyFiles } = selection
        const content = await contents.open(METAINFO, { onlyFiles })
        opened.push(content)
        await released
        if (!mayRest) return { kind: 'awake', content }
        await content.close(AGAIN)
        return { kind: 'resting', holdings: new RestingHoldings(content, onlyFiles) }
      },
      check: (content) => content.check(),
    },
  })
  onTestFinished(() => files.close(new TorrentError('closed', 'the test is over')))
  return { files, selection, opened, failures, release }
}

it('opens the files once, however many want them at once', async () => {
  const { files, opened, release } = await bench()
  const opening = files.open({ mayRest: false })
  const waking = [files.wake(), files.wake()]
  const openingAgain = files.open({ mayRest: false })
  release()
  await Promise.all([opening, openingAgain])
  expect(new Set(await Promise.all(waking))).toEqual(new Set(opened))
  expect(opened).toHaveLength(1)
})

it('wakes what rests by the time that it was looked at', async () => {
  const { files, opened, release } = await bench()
  const looking = files.open({ mayRest: true })
  const waking = files.wake()
  release()
  await looking
  expect(await waking).toBe(opened[1])
  expect(files.content).toBe(opened[1])
})

it.each([true, false])(
  'knows what was selected while it was opened (may rest: %s)',
  async (mayRest) => {
    const { files, selection, opened, release } = await bench()
    const opening = files.open({ mayRest })
    while (opened.length === 0) await nextTurn()
    const onlyFiles = FileSet.of([1])
    selection.onlyFiles = onlyFiles
    files.select(onlyFiles)
    release()
    await opening
    expect(files.holdings?.selection.totalBytes).toBeLessThan(METAINFO.length)
  },
)

it('gives up what it has, and what it just opens, to be looked at anew', async () => {
  const { files, opened, release } = await bench()
  const waking = files.wake()
  const dropping = files.drop(AGAIN)
  release()
  await dropping
  expect([await waking, files.content, files.holdings]).toEqual([opened[0], null, null])
  // Nobody can wait in it for ever.
  const stream = opened[0]?.reading.open(METAINFO.files[0] ?? never(), {
    ...{ start: 0, verifiedOnly: false, priority: 'viewer' },
    ...{ end: undefined, signal: undefined, lookAhead: undefined },
  })
  await expect(stream?.read(Buffer.alloc(1))).rejects.toBe(AGAIN)
  await files.open({ mayRest: false })
  expect(files.content).toBe(opened[1])
  expect(files.outputFolder).toBe(opened[1]?.outputFolder)
})

it('is not closed before what it gave up is', async () => {
  const { files, opened, release } = await bench()
  release()
  const content = await files.wake()
  let save = (): void => {}
  const saved = new Promise<void>((resolve) => {
    save = resolve
  })
  content.saveProgress = () => saved
  const order: string[] = []
  const dropping = files.drop(AGAIN).then(() => order.push('dropped'))
  const closing = files
    .close(new TorrentError('closed', 'removed'))
    .then(() => order.push('closed'))
  for (let turn = 0; turn < 20; turn++) await nextTurn()
  expect(order).toEqual([])
  save()
  await Promise.all([dropping, closing])
  expect(order.toSorted()).toEqual(['closed', 'dropped'])
  expect(opened).toHaveLength(1)
})

it('opens nothing any more once it is closed', async () => {
  const { files, opened, release } = await bench()
  const opening = files.open({ mayRest: false })
  while (opened.length === 0) await nextTurn()
  const closing = files.close(new TorrentError('closed', 'removed'))
  release()
  await expect(opening).rejects.toMatchObject({ kind: 'closed' })
  await closing
  await expect(files.wake()).rejects.toMatchObject({ kind: 'closed' })
  await expect(files.open({ mayRest: true })).rejects.toMatchObject({ kind: 'closed' })
  expect([files.content, opened.length]).toEqual([null, 1])
})

function never(): never {
  throw new Error('the torrent has files')
}
