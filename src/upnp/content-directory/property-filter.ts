/**
 * Which optional properties a control point wants (ContentDirectory:1, 2.5.6 Filter). Required ones
 * are always sent.
 */
export interface PropertyFilter {
  /** @param property - Spelled as in a Filter: `dc:date`, `res`, `res@size`, `@childCount`. */
  includes(property: string): boolean
}

const ALL: PropertyFilter = { includes: () => true }

/**
 * Reads a Filter. `*` means all, and so does an empty one: TVs that send it show nothing without a
 * `res`. Otherwise a list separated by commas; what we do not know in it is ignored.
 */
export function parseFilter(text: string): PropertyFilter {
  const listed = text.split(',').map((property) => property.trim())
  if (text.trim() === '' || listed.includes('*')) return ALL
  const properties = new Set(listed.flatMap(impliedBy))
  return { includes: (property) => properties.has(property) }
}

/** `res@size` implies `res`; `container@childCount` is another spelling of `@childCount`. */
function impliedBy(property: string): readonly string[] {
  const at = property.indexOf('@')
  if (at < 1) return [property]
  const element = property.slice(0, at)
  const isObject = element === 'container' || element === 'item'
  return isObject ? [property.slice(at)] : [element, property]
}
