import type { FileSet } from '../metainfo/file-set.ts'
import type { SeedingTally } from './seeding-tally.ts'
import type { TorrentHost } from './torrent-host.ts'
import type { TorrentLife } from './torrent-life.ts'

/** The torrent that is told what to do. */
export interface CommandedTorrent {
  readonly host: Pick<TorrentHost, 'change' | 'seedingGoal'>
  readonly life: TorrentLife
  readonly tally: SeedingTally
}

/** Leaves the swarm, also after a restart. Rejects with TorrentError `wrong-state`, or with StorageError. */
export async function pauseTorrent({ host, life, tally }: CommandedTorrent): Promise<void> {
  await host.change('run', {
    ...runOf({ host, life, tally }),
    make: async () => {
      await life.pause()
      tally.stopped()
    },
  })
}

/** Goes on, also after a restart. Rejects with TorrentError `wrong-state`, or with StorageError. */
export async function startTorrent({ host, life, tally }: CommandedTorrent): Promise<void> {
  await host.change('run', {
    ...runOf({ host, life, tally }),
    make: async () => {
      await life.start()
      tally.started(host.seedingGoal, life.content?.selection.totalBytes ?? 0)
    },
  })
}

/** Downloads these files and no others, also after a restart; all for `null`. Rejects with StorageError. */
export async function selectFiles(
  { host, life }: Pick<CommandedTorrent, 'host' | 'life'>,
  onlyFiles: FileSet | null,
): Promise<void> {
  await host.change('selection', {
    current: () => life.selection.onlyFiles,
    make: () => life.select(onlyFiles),
    // What could not be created before cannot be now.
    undo: (before) => life.select(before).catch(() => {}),
  })
}

interface Run {
  readonly isPaused: boolean
  /** It is shared on whatever goal it has reached. */
  readonly isEndless: boolean
}

function runOf({ life, tally }: CommandedTorrent): {
  readonly current: () => Run
  readonly isSame: (before: Run) => boolean
  readonly undo: (before: Run) => Promise<void>
} {
  return {
    current: () => ({ isPaused: life.condition.isPaused, isEndless: tally.record.isEndless }),
    isSame: ({ isPaused, isEndless }) =>
      isPaused === life.condition.isPaused && isEndless === tally.record.isEndless,
    undo: async ({ isPaused, isEndless }) => {
      tally.isEndless = isEndless
      const { condition } = life
      if (condition.isClosed || isPaused === condition.isPaused) return
      await (isPaused ? life.pause() : life.start())
    },
  }
}
