import type { Steps } from '../../concurrency/steps.ts'
import type { MediaObject } from '../../library/objects/media-object.ts'
import type { Logger } from '../../log.ts'
import { embedded, embeddedElement, embeddedStrictly, type Xml } from '../xml/xml.ts'
import { DidlNamespaces, type DidlOptions, didlObject } from './didl-lite.ts'

/** What a Result may grow to before it is cut: TVs page on, and choke on more. Bytes on the wire. */
const RESULT_MAX_BYTES = 2 * 1024 * 1024

/** Objects written in one step. */
const STEP_OBJECTS = 16

export interface BrowseResult {
  /** DIDL-Lite as the text of an element. */
  readonly didl: Xml
  readonly numberReturned: number
}

/**
 * Writes objects as far as an answer can hold them, at least one. One that cannot be written is logged
 * and skipped: it must not take its folder along.
 *
 * @param options - `position` is that of the first of them.
 */
export function* resultSteps(
  objects: readonly MediaObject[],
  options: DidlOptions,
  log: Logger,
): Steps<BrowseResult> {
  const embed = options.renderer.strictEscapes ? embeddedStrictly : embedded
  const written: Xml[] = []
  const namespaces = new DidlNamespaces()
  let bytes = 0
  for (const [index, object] of objects.entries()) {
    if (index % STEP_OBJECTS === STEP_OBJECTS - 1) yield
    const position = options.position === null ? null : options.position + index
    const xml = tryToWrite(object, { ...options, position }, log)
    if (xml === null) continue
    const text = embed(xml)
    bytes += Buffer.byteLength(text.toString())
    if (bytes > RESULT_MAX_BYTES && written.length > 0) break
    written.push(text)
    namespaces.noteUseIn(xml)
  }
  const didl = embeddedElement(embed, 'DIDL-Lite', namespaces.attributes, written)
  return { didl, numberReturned: written.length }
}

function tryToWrite(object: MediaObject, options: DidlOptions, log: Logger): Xml | null {
  try {
    return didlObject(object, options)
  } catch (error) {
    log.error({ err: error, objectId: object.id }, 'object cannot be written, skipped')
    return null
  }
}
