import type { IncomingHttpHeaders } from 'node:http'
import { ApiError } from '../messages/api-error.ts'

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
const NORMAL_SPEED = /^1(\/1)?$/

/**
 * Reads the headers of DLNA guidelines 7.4 in a request for a file that can be sought by bytes and not
 * by time. Throws ApiError 400 for what they must not hold, and 406 for seeking by time or another
 * speed where no Range says what to send instead (7.4.1.5). Content is sent in a mode of its own where
 * the one asked for does not suit it: a needless 406 is a dead TV.
 */
export function parseDlnaRequest(request: IncomingHttpHeaders): DlnaRequest {
  const header = (name: string): string | undefined => request[name.toLowerCase()]?.toString()
  requireOne('getcontentFeatures.dlna.org', header)
  requireOne('getAvailableSeekRange.dlna.org', header)
  const transferMode = header('transferMode.dlna.org')
  const isInteractive = transferMode?.trim().toLowerCase() === 'interactive'
  if (isInteractive && header('realTimeInfo.dlna.org') !== undefined) {
    throw new ApiError(400, 'realTimeInfo.dlna.org is for streaming, not for Interactive')
  }
  if (request.range === undefined) {
    refuseTimeSeek(header('TimeSeekRange.dlna.org'))
    refusePlaySpeed(header('PlaySpeed.dlna.org'))
  }
  return {
    transferMode,
    asksSeekRange: header('getAvailableSeekRange.dlna.org') !== undefined,
    asksMediaInfo: header('getMediaInfo.sec')?.trim() === '1',
  }
}

/** 7.4.26.5 and 7.4.30.5: any value but 1 is a bad request. */
function requireOne(name: string, header: (name: string) => string | undefined): void {
  const value = header(name)
  if (value !== undefined && value.trim() !== '1') {
    throw new ApiError(400, `${name} must be 1, not ${JSON.stringify(value)}`)
  }
}

function refuseTimeSeek(value: string | undefined): void {
  if (value === undefined) return
  if (!TIME_SEEK.test(value)) throw new ApiError(400, 'TimeSeekRange.dlna.org is malformed')
  throw new ApiError(406, 'TimeSeekRange.dlna.org is not supported: use Range')
}

function refusePlaySpeed(value: string | undefined): void {
  if (value === undefined) return
  const [, speed] = PLAY_SPEED.exec(value) ?? []
  if (speed === undefined) throw new ApiError(400, 'PlaySpeed.dlna.org is malformed')
  if (!NORMAL_SPEED.test(speed)) throw new ApiError(406, 'PlaySpeed.dlna.org is not supported')
}
