import type { MediaObject } from '../../library/media-object.ts'
import type { Logger } from '../../log.ts'
import { escapeOnce, type Xml } from '../xml/xml.ts'
import { type DidlOptions, didlLite, didlObject } from './didl-lite.ts'

/** What a Result may grow to before it is cut: TVs page on, and choke on more. Bytes on the wire. */
const RESULT_MAX_BYTES = 2 * 1024 * 1024

export interface BrowseResult {
  /** Not yet escaped for its element. */
  readonly didl: Xml
  readonly numberReturned: number
}

/**
 * Writes objects as far as an answer can hold them, at least one. One that cannot be written is logged
 * and skipped: it must not take its folder along.
 *
 * @param options - `position` is that of the first of them.
 */
export function writeResult(
  objects: readonly MediaObject[],
  options: DidlOptions,
  log: Logger,
): BrowseResult {
  const written: Xml[] = []
  let bytes = 0
  for (const [index, object] of objects.entries()) {
    const position = options.position === null ? null : options.position + index
    const xml = tryToWrite(object, { ...options, position }, log)
    if (xml === null) continue
    bytes += Buffer.byteLength(escapeOnce(xml.toString()))
    if (bytes > RESULT_MAX_BYTES && written.length > 0) break
    written.push(xml)
  }
  return { didl: didlLite(written, options), numberReturned: written.length }
}

function tryToWrite(object: MediaObject, options: DidlOptions, log: Logger): Xml | null {
  try {
    return didlObject(object, options)
  } catch (error) {
    log.error({ err: error, objectId: object.id }, 'object cannot be written, skipped')
    return null
  }
}
