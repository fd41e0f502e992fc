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
  let stem = component.slice(0, component.length - extension.length)
  while (Buffer.byteLength(stem + extension) > MAX_COMPONENT_BYTES) {
    stem = [...stem].slice(0, -1).join('')
  }
  return stem + extension
}

/** Gives each later twin of a path a number, because one file cannot be stored twice. */
export function distinctPaths(paths: readonly (readonly string[])[]): (readonly string[])[] {
  const taken = new Set<string>()
  return paths.map((path) => {
    let candidate = path
    for (let copy = 2; taken.has(candidate.join('/').toLowerCase()); copy++) {
      candidate = numbered(path, copy)
    }
    taken.add(candidate.join('/').toLowerCase())
    return candidate
  })
}

function numbered(path: readonly string[], copy: number): string[] {
  const last = path.at(-1) ?? '_'
  const dot = last.lastIndexOf('.')
  const stem = dot > 0 ? last.slice(0, dot) : last
  return [...path.slice(0, -1), `${stem} (${copy})${dot > 0 ? last.slice(dot) : ''}`]
}
