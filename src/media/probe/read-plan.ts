import type { ContainerKind } from './media-facts.ts'

const KIB = 1024
/** What one chunk has; MediaInfo is given one after another. */
export const CHUNK_BYTES = 64 * KIB

/** How much of a container is read before its facts are known. */
export interface ReadPlan {
  /** Bytes in a row without MediaInfo asking to go elsewhere, after which it knows enough. */
  readonly inARow: number
  /** So many bytes at the end are read as well, where they tell the duration; 0: none. */
  readonly tail: number
  /** Its duration is the sum of what was read: without the end it says nothing. */
  readonly needsEnd: boolean
}

const HEAD: ReadPlan = { inARow: 128 * KIB, tail: 0, needsEnd: false }
const HEAD_AND_TAIL: ReadPlan = { inARow: 1024 * KIB, tail: 1024 * KIB, needsEnd: true }
/** The index of a film of some hours, wherever it lies. */
const WHOLE_INDEX: ReadPlan = { inARow: 8 * 1024 * KIB, tail: 0, needsEnd: false }

export function readPlanOf(container: ContainerKind): ReadPlan {
  switch (container) {
    case 'mp4':
    case 'quicktime':
    case '3gp':
      return WHOLE_INDEX
    case 'mpeg-ts':
    case 'm2ts':
    case 'm2ts-unstamped':
    case 'mpeg-ps':
      return HEAD_AND_TAIL
    case 'flv':
      return { inARow: 1024 * KIB, tail: 0, needsEnd: false }
    case 'ogg':
      return { inARow: 128 * KIB, tail: 256 * KIB, needsEnd: true }
    case 'adts':
    case 'other':
      return { ...HEAD, needsEnd: true }
    case 'jpeg':
      return { ...HEAD, inARow: 512 * KIB }
    case 'matroska':
    case 'webm':
    case 'avi':
    case 'asf':
    case 'mp3':
    case 'flac':
    case 'wav':
    case 'png':
      return HEAD
  }
}
