const MAX_COMPONENT_BYTES = 240

/**
 * Makes path components from a torrent safe to join below a folder: no separators, no `.` or
 * `..`, no control characters, at most 240 bytes each. Never empty.
 */
export function safeComponents(components: readonly string[]): string[] {
  const safe = components.map(safeComponent).filter((component) => component !== '')
  return safe.length > 0 ? safe : ['_']
}

function safeComponent(component: string): string {
  const cleaned = [...component.toWellFormed()]
    .map((character) => (isUnsafe(character) ? '_' : character))
    .join('')
  if (/^[. ]*$/.test(cleaned)) return ''
  return shorten(cleaned)
}

function isUnsafe(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  return character === '/' || character === '\\' || code < 0x20 || code === 0x7f
}

/** Cuts the middle out and keeps the extension, which decides the media type. */
function shorten(component: string): string {
  if (Buffer.byteLength(component) <= MAX_COMPONENT_BYTES) return component
  const dot = component.lastIndexOf('.')
  const extension = dot > 0 && component.length - dot <= 16 ? component.slice(dot) : ''
  const end = Math.min(component.length - extension.length, MAX_COMPONENT_BYTES)
  // The cut may go through a surrogate pair, but what is left of it goes in the loop.
  let stem = component.slice(0, end).toWellFormed()
  while (Buffer.byteLength(stem + extension) > MAX_COMPONENT_BYTES) {
    stem = [...stem].slice(0, -1).join('')
  }
  return stem + extension
}

/**
 * Gives a number to each later twin of a path, and to a file that has the path of a folder: they
 * cannot be stored twice.
 */
export function distinctPaths(paths: readonly (readonly string[])[]): (readonly string[])[] {
  const taken = new Set(paths.flatMap(foldersOf))
  const copies = new Map<string, number>()
  return paths.map((path) => {
    const wanted = keyOf(path)
    let candidate = path
    for (let copy = copies.get(wanted) ?? 2; taken.has(keyOf(candidate)); copy++) {
      candidate = numbered(path, copy)
      copies.set(wanted, copy + 1)
    }
    taken.add(keyOf(candidate))
    return candidate
  })
}

/** Equal where a file system that does not tell upper case from lower takes two paths for one. */
function keyOf(path: readonly string[]): string {
  return path.join('/').toLowerCase()
}

function foldersOf(path: readonly string[]): string[] {
  return path.slice(1).map((_, index) => keyOf(path.slice(0, index + 1)))
}

function numbered(path: readonly string[], copy: number): string[] {
  const last = path.at(-1) ?? '_'
  const dot = last.lastIndexOf('.')
  const stem = dot > 0 ? last.slice(0, dot) : last
  return [...path.slice(0, -1), `${stem} (${copy})${dot > 0 ? last.slice(dot) : ''}`]
}
