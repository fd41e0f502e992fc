/** What one open stream wants: how the streams tell the scheduler. */
export interface StreamWindow {
  readonly id: number
  /** The next byte that the reader needs, counted in the whole torrent. */
  readonly start: number
  /** End of the look-ahead, exclusive. */
  readonly end: number
  /** There is nothing behind it for the reader: its file ends there. */
  readonly endsWithFile: boolean
  /** A read is pending for bytes that are not there. */
  readonly waiting: boolean
  /** False where the consumer of the reader is paused. */
  readonly draining: boolean
  /** What the reader consumes; 0 where unknown. */
  readonly bytesPerMs: number
  /** `prefetch` comes after the first 2 MiB of everybody who reads. */
  readonly priority: 'viewer' | 'probe' | 'prefetch'
  /** The reader sees whole verified pieces only. */
  readonly verifiedOnly: boolean
}
