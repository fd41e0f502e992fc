import type { IncomingHttpHeaders } from 'node:http'
import { ApiError } from './api-error.ts'

/** What a request for media asks for besides its bytes. */
export interface DlnaRequest {
  /** transferMode.dlna.org as it came. */
  readonly transferMode: string | undefined
  readonly asksSeekRange: boolean
  readonly asksMediaInfo: boolean
}

/** `npt=335.1-`, `npt=0:05:35.3-0:37:00.0`, with or without the length behind a slash. */
const TIME_SEEK =
  /^\s*npt\s*=\s*(?:\d+(?:\.\d+)?|\d+:\d\d:\d\d(?:\.\d+)?)\s*-\s*(?:\d[\d:.]*)?(?:\/[\d:.*]+)?\s*$/i
const PLAY_SPEED = /^\s*speed\s*=\s*(-?\d+(?:\/\d+)?)\s*$/i
const NORMAL_SPEED = '1'

/**
 * Reads the headers of DLNA guidelines 7.4 in a request for a file that can be sought by bytes and not
 * by time. What cannot be read or does not suit the content counts as absent, where the guidelines would have
 * it refused: a needless 400 or 406 is a dead TV. Throws ApiError 406 only for seeking by time or another speed
 * where no Range says what to send instead (7.4.1.5).
 */
export function parseDlnaRequest(request: IncomingHttpHeaders): DlnaRequest {
  const header = (name: string): string | undefined => request[name.toLowerCase()]?.toString()
  const isOne = (name: string): boolean => header(name)?.trim() === '1'
  if (request.range === undefined) {
    if (TIME_SEEK.test(header('TimeSeekRange.dlna.org') ?? '')) {
      throw new ApiError(406, 'TimeSeekRange.dlna.org is not supported: use Range')
    }
    const [, speed = NORMAL_SPEED] = PLAY_SPEED.exec(header('PlaySpeed.dlna.org') ?? '') ?? []
    if (speed !== NORMAL_SPEED) throw new ApiError(406, 'PlaySpeed.dlna.org is not supported')
  }
  return {
    transferMode: header('transferMode.dlna.org'),
    asksSeekRange: isOne('getAvailableSeekRange.dlna.org'),
    asksMediaInfo: isOne('getMediaInfo.sec'),
  }
}
