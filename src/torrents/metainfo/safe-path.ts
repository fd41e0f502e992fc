import { runAtOnce, type Steps } from '../../concurrency/steps.ts'
import { shortened } from './portable-name.ts'

/** Below the 255 that file systems take, with room for ` (2)` and for `.part` of other programs. */
const MAX_COMPONENT_BYTES = 240

/** Nearly all components; they are safe as they are. */
const PLAIN = /^[\w!#$%&'()+,;=@[\]^`{}~-](?:[\w !#$%&'()+,.;=@[\]^`{}~-]{0,200}[\w)\]])?$/

/** Separators, and the control characters C0, C1 and DEL, with which a terminal can be steered. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNSAFE = /[/\\\u0000-\u001f\u007f-\u009f]/g

/** Line and paragraph separators, and the characters that turn the direction of writing. */
const MISLEADING = /[\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Zero width: byte order marks, zero-width spaces, invisible operators. */
const INVISIBLE = /[\ufeff\u200b\u2060-\u2064\u206a-\u206f\u00ad\u180e]/g

const JOINERS = /[\u200c\u200d]+/g

/**
 * Makes path components from a torrent safe to join below a folder and to show on a terminal: no
 * separators, no `.` or `..`, no control characters, nothing that turns the direction of writing or
 * cannot be seen, at most 240 bytes each. Never empty. Unicode's normal form stays what it is.
 */
export function safeComponents(components: readonly string[]): string[] {
  const safe = components.map(safeComponent).filter((component) => component !== '')
  return safe.length > 0 ? safe : ['_']
}

/** The same for one component; empty for what is to be left out. */
export function safeComponent(component: string): string {
  if (PLAIN.test(component)) return component
  const cleaned = component
    .toWellFormed()
    .replace(INVISIBLE, '')
    .replace(UNSAFE, '_')
    .replace(MISLEADING, '_')
    .replace(JOINERS, neededJoiner)
  if (/^[. ]*$/.test(cleaned)) return ''
  return shortened(cleaned, MAX_COMPONENT_BYTES)
}

/**
 * Zero-width joiners join nothing beside ASCII; emoji, Persian and the scripts of India need one
 * between two characters of theirs.
 */
function neededJoiner(joiners: string, at: number, text: string): string {
  const isNeeded = (text[at - 1] ?? '') > '\u007f' && (text[at + joiners.length] ?? '') > '\u007f'
  return isNeeded ? (joiners[0] ?? '') : ''
}

/**
 * Gives a number to each later twin of a path, and to a file that has the path of a folder: they
 * cannot be stored twice. Paths are twins, too, where file systems take them for one: in upper and
 * lower case, composed and decomposed.
 */
export function distinctPaths(paths: readonly (readonly string[])[]): (readonly string[])[] {
  return runAtOnce(distinctPathSteps(paths))
}

/** `distinctPaths` in steps. */
export function* distinctPathSteps(
  paths: readonly (readonly string[])[],
): Steps<(readonly string[])[]> {
  const root = new Folder()
  const folders: Folder[] = []
  for (const path of paths) {
    if (folders.length % 500 === 499) yield
    folders.push(root.descend(path))
  }
  const distinct: (readonly string[])[] = []
  for (const path of paths) {
    if (distinct.length % 500 === 499) yield
    const wanted = path.at(-1) ?? '_'
    const name = folders[distinct.length]?.addFile(wanted) ?? wanted
    distinct.push(name === wanted ? path : [...path.slice(0, -1), name])
  }
  return distinct
}

/** What a folder holds. Most hold one thing, so that is kept without a Map. */
class Folder {
  #onlyKey: string | null = null
  /** A folder, or `null` for a file. */
  #onlyEntry: Folder | null = null
  #entries: Map<string, Folder | null> | null = null
  /** The next number for each name that is there more than once. */
  #copies: Map<string, number> | null = null

  /** The folder that a path lies in; those above it are known from then on, too. */
  descend(path: readonly string[]): Folder {
    let folder: Folder = this
    for (let level = 0; level < path.length - 1; level++) {
      const key = keyOf(path[level] ?? '_')
      let below: Folder | null | undefined = folder.#get(key)
      if (below === undefined || below === null) {
        below = new Folder()
        folder.#set(key, below)
      }
      folder = below
    }
    return folder
  }

  /** The name under which the file is kept, which no other file or folder has. */
  addFile(wanted: string): string {
    let key = keyOf(wanted)
    if (this.#get(key) === undefined) {
      this.#set(key, null)
      return wanted
    }
    this.#copies ??= new Map()
    const wantedKey = key
    let copy = this.#copies.get(wantedKey) ?? 2
    let name: string
    do {
      name = numbered(wanted, copy++)
      key = keyOf(name)
    } while (this.#get(key) !== undefined)
    this.#copies.set(wantedKey, copy)
    this.#set(key, null)
    return name
  }

  /** `undefined` where nothing has that name. */
  #get(key: string): Folder | null | undefined {
    if (this.#entries !== null) return this.#entries.get(key)
    return this.#onlyKey === key ? this.#onlyEntry : undefined
  }

  #set(key: string, entry: Folder | null): void {
    if (this.#entries === null && this.#onlyKey === null) {
      this.#onlyKey = key
      this.#onlyEntry = entry
      return
    }
    this.#entries ??= new Map([[this.#onlyKey ?? key, this.#onlyEntry]])
    this.#entries.set(key, entry)
  }
}

/** Equal where a file system may take two names of one folder for one. */
function keyOf(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

function numbered(name: string, copy: number): string {
  const dot = name.lastIndexOf('.')
  const stem = dot > 0 ? name.slice(0, dot) : name
  return `${stem} (${copy})${dot > 0 ? name.slice(dot) : ''}`
}
