import type { SortKey, SortProperty } from '../../library/object-order.ts'
import { UpnpError } from '../control/upnp-error.ts'

const PROPERTIES: ReadonlyMap<string, SortProperty> = new Map([
  ['dc:title', 'title'],
  ['dc:date', 'date'],
  ['upnp:class', 'class'],
  ['res@size', 'size'],
])

/** The value of SortCapabilities: by what Browse can sort. */
export const SORT_CAPABILITIES = [...PROPERTIES.keys()].join()

/** A sign and the name of a property: `+dc:title`, `-res@size`, `+@childCount`. */
const CRITERION = /^([+-])((?:[a-z_][\w.-]*:)?[a-z_][\w.-]*(?:@[a-z_][\w.:-]*)?|@[a-z_][\w.:-]*)$/i

/**
 * Reads SortCriteria (ContentDirectory:1, 2.5.7). Properties that we cannot sort by are ignored: TVs
 * send the same criteria to every server.
 *
 * @throws UpnpError 709 for what is no list of signed properties.
 */
export function parseSortCriteria(text: string): readonly SortKey[] {
  if (text.trim() === '') return []
  return text.split(',').flatMap((criterion) => {
    const [, sign, name] = CRITERION.exec(criterion.trim()) ?? []
    if (sign === undefined || name === undefined) {
      throw new UpnpError(709, `cannot sort by ${JSON.stringify(criterion)}`)
    }
    const property = PROPERTIES.get(name)
    return property === undefined ? [] : [{ property, descending: sign === '-' }]
  })
}
