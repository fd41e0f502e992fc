import { TorrentError } from '../torrent-error.ts'
import type { ThrottleGroup } from './throttle.ts'

/** Rates of piece data, bytes per second; `null` for no limit. */
export interface Limits {
  readonly downloadBps: number | null
  readonly uploadBps: number | null
}

export const NO_LIMITS: Limits = { downloadBps: null, uploadBps: null }

/** Where both rates of a torrent are held. */
export interface Throttles {
  readonly download: ThrottleGroup
  readonly upload: ThrottleGroup
}

/** What holds a rate; infinite for no limit. */
interface Limited {
  bytesPerSecond: number
}

/** `null` takes a limit away. */
export function applyLimits(
  { downloadBps, uploadBps }: Limits,
  { download, upload }: Readonly<Record<'download' | 'upload', Limited>>,
): void {
  download.bytesPerSecond = downloadBps ?? Number.POSITIVE_INFINITY
  upload.bytesPerSecond = uploadBps ?? Number.POSITIVE_INFINITY
}

/** Is it a rate? One byte per second is the least. */
export function isLimit(value: unknown): value is number | null {
  return value === null || (typeof value === 'number' && Number.isSafeInteger(value) && value > 0)
}

/** Limits that were saved; what is no limit there is none. */
export function reviveLimits(saved: unknown): Limits {
  if (typeof saved !== 'object' || saved === null) return NO_LIMITS
  const { downloadBps, uploadBps } = saved as Readonly<Record<string, unknown>>
  return {
    downloadBps: isLimit(downloadBps) ? downloadBps : null,
    uploadBps: isLimit(uploadBps) ? uploadBps : null,
  }
}

/** `limits` with what `change` names. Throws TorrentError `bad-limit`. */
export function changedLimits(limits: Limits, change: Partial<Limits>): Limits {
  const { downloadBps = limits.downloadBps, uploadBps = limits.uploadBps } = change
  for (const value of [downloadBps, uploadBps]) {
    if (!isLimit(value)) {
      const rule = 'a limit is a whole number of bytes per second, or null'
      throw new TorrentError('bad-limit', `${rule}; not ${value}`)
    }
  }
  return { downloadBps, uploadBps }
}
