import type { AtomicFile } from '../../atomic-file.ts'
import type { LoopClock } from '../../clock.ts'
import type { Logger } from '../../log.ts'
import type { JoinBackground } from '../download/background-share.ts'
import type { JoinRoom } from '../download/disk-room.ts'
import type { FileSet } from '../metainfo/file-set.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { Verification } from '../pieces/block-provenance.ts'
import type { ThrottleGroup } from '../rates/throttle.ts'
import type { ResumedPieces } from '../state/resume-data.ts'
import type { Disk, DiskError } from '../store/disk.ts'
import type { SegmentPool } from '../store/segment-pool.ts'
import type { ContentFiles } from './content-files.ts'

/** What was seen of the files of a torrent, and what follows from it. */
export interface LookedAtFiles {
  readonly files: ContentFiles
  readonly resumed: ResumedPieces
}

export interface ContentOptions {
  readonly metainfo: Metainfo
  /** The data folder, absolute: no symbolic link leads out of it. */
  readonly root: string
  readonly outputFolder: string
  readonly onlyFiles: FileSet | null
  readonly resumeFile: AtomicFile
  /** Where bytes go whose own file cannot take them. */
  readonly partsFolder: string
  readonly disk: Disk
  readonly pool: SegmentPool
  readonly verification: Verification
  readonly onDemand: boolean
  readonly log: Logger
  readonly clock: LoopClock
  readonly joinBackground: JoinBackground
  /** What a quota leaves for it; all there is when absent. */
  readonly joinRoom?: JoinRoom
  /** What holds back its downloading. */
  readonly downloads: ThrottleGroup
  /** The last selected piece has arrived. */
  readonly onFinished: () => void
  /** One file cannot be used from now on. */
  readonly onFault?: () => void
  /** Writing fails, or works again. */
  readonly onWritable: (error: DiskError | null) => void
}
