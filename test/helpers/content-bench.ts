import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { AtomicFile } from '../../src/atomic-file.ts'
import { loopClock } from '../../src/clock.ts'
import { silentLogger } from '../../src/log.ts'
import type { FileSet } from '../../src/torrents/metainfo/file-set.ts'
import type { Metainfo } from '../../src/torrents/metainfo/metainfo.ts'
import { NO_LIMITS } from '../../src/torrents/rates/limits.ts'
import { BackgroundBudget } from '../../src/torrents/session/background-budget.ts'
import { SessionLimits } from '../../src/torrents/session/session-limits.ts'
import { Disk, type DiskError } from '../../src/torrents/store/disk.ts'
import { SegmentPool } from '../../src/torrents/store/segment-pool.ts'
import { ContentFiles } from '../../src/torrents/torrent/content-files.ts'
import { TorrentContent } from '../../src/torrents/torrent/torrent-content.ts'

export interface OpenedHow {
  readonly onDemand?: boolean
  readonly onlyFiles?: FileSet | null
  readonly onFinished?: () => void
  readonly onWritable?: (error: DiskError | null) => void
}

/** The content of torrents without a session: their disk and clock are real. Ends with the test. */
export class ContentBench {
  readonly folder: string
  readonly log = silentLogger()
  readonly throttles: ReturnType<SessionLimits['ofTorrent']>
  readonly #disk = new Disk()
  readonly #budget = new BackgroundBudget(loopClock.after)
  readonly #limits = new SessionLimits(NO_LIMITS)

  constructor(folder: string) {
    this.folder = folder
    this.throttles = this.#limits.ofTorrent()
    onTestFinished(async () => {
      this.#budget.close()
      this.#limits.close()
      await this.#disk.close()
    })
  }

  /** Its caller closes it before the test ends. */
  async open(metainfo: Metainfo, how: OpenedHow = {}): Promise<TorrentContent> {
    const { folder, log, throttles } = this
    const place = {
      ...{ metainfo, root: folder, outputFolder: folder, disk: this.#disk, log },
      resumeFile: new AtomicFile(join(folder, '.tributary', 'x.resume')),
      partsFolder: join(folder, '.tributary', 'x.parts'),
    }
    const { onDemand = false, onlyFiles = null } = how
    const options = {
      ...{ ...place, onDemand, onlyFiles, downloads: throttles.download },
      ...{ pool: new SegmentPool(512 * 1024), verification: 'proven' as const },
      ...{ clock: loopClock, joinBackground: this.#budget.join },
      onFinished: how.onFinished ?? (() => {}),
      onWritable: how.onWritable ?? (() => {}),
    }
    return await TorrentContent.of(options, await ContentFiles.open(place))
  }
}
