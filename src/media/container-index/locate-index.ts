import { locateAviIndex } from './avi-index.ts'
import { type IndexLocation, NO_INDEX } from './index-location.ts'
import { locateMatroskaIndex } from './matroska-index.ts'
import { locateMp4Index } from './mp4-index.ts'

type Locate = (head: Buffer, fileLength: number) => IndexLocation

const LOCATORS: Readonly<Record<string, Locate>> = {
  'video/mp4': locateMp4Index,
  'video/quicktime': locateMp4Index,
  'audio/mp4': locateMp4Index,
  'video/3gpp': locateMp4Index,
  'video/x-matroska': locateMatroskaIndex,
  'video/webm': locateMatroskaIndex,
  'audio/x-matroska': locateMatroskaIndex,
  'video/x-msvideo': locateAviIndex,
}

/**
 * Where the index lies that a player asks for right after the head of a file: MP4 `moov`, Matroska
 * `Cues`, AVI `idx1`. `head` is the file's first bytes.
 */
export function locateIndex(mimeType: string, head: Buffer, fileLength: number): IndexLocation {
  return LOCATORS[mimeType]?.(head, fileLength) ?? NO_INDEX
}
