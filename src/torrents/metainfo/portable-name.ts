/** What Windows, and with it exFAT, FAT and NTFS, refuse in a name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are among them
const REFUSED = /[<>:"|?*\\/\u0000-\u001f\u007f]/g
/** These file systems drop dots and spaces at the end without a word. */
const DROPPED_AT_END = /[. ]+$/
/** Names of devices, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i
/** exFAT and NTFS count UTF-16 units, ext4 and its like bytes. */
const MAX_BYTES = 240

/** The spelling of a file or folder name that every file system takes. Never empty. */
export function portableName(name: string): string {
  const taken = name
    .toWellFormed()
    .replace(REFUSED, '_')
    .replace(DROPPED_AT_END, (end) => '_'.repeat(end.length))
    .replace(DEVICE, '$1_')
  return shortened(taken === '' ? '_' : taken, MAX_BYTES)
}

/** Cuts a name to `limit` bytes of UTF-8, keeping its extension, which decides the media type. */
export function shortened(name: string, limit: number): string {
  if (Buffer.byteLength(name) <= limit) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : ''
  const room = Math.max(0, limit - Buffer.byteLength(extension))
  const bytes = Buffer.from(name.slice(0, name.length - extension.length)).subarray(0, room)
  // The cut may go through a character: what is left of it goes.
  return bytes.toString('utf8').replace(/\ufffd+$/, '') + extension
}

/** Dots and spaces at the end, which are dropped or, spelled portably, become `_`. */
const END = /[. _]+$/

/** True where a path is its own key, but for the case; told without making it. */
function isPlain(path: string): boolean {
  return (
    path.length <= MAX_BYTES &&
    /^[\w ()[\]{}&!#$%'+,;=@^`~/.-]*$/.test(path) &&
    !/[. _](?:\/|$)|(?:^|\/)[a-z]{3}\d?(?:\.|\/|$)/i.test(path)
  )
}

/**
 * Equal for two paths (components joined by `/`) that some file system takes for one: one that
 * tells no upper from lower case, keeps names in one Unicode normal form (APFS, exFAT), or takes
 * only the portable spelling.
 */
export function pathKey(path: string): string {
  if (isPlain(path)) return path.toLowerCase()
  return path
    .split('/')
    .map((name) => portableName(name).replace(END, '') || '_')
    .map((name) => name.normalize('NFD').toUpperCase().toLowerCase())
    .join('/')
    .normalize('NFC')
}
