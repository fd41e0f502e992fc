/** How a set is written down: indices and ranges, both ends inclusive, as in `so` of BEP 53. */
const PART = /^(\d{1,9})(?:-(\d{1,9}))?$/

/**
 * Indices of files, kept as ranges: a selection of 100,000 files is looked at often, and written
 * down with every save.
 */
export class FileSet {
  /** First and last index of each range in turn; ascending, with a gap between ranges. */
  readonly #bounds: readonly number[]
  #text: string | null = null

  private constructor(bounds: readonly number[]) {
    this.#bounds = bounds
  }

  static of(indices: Iterable<number>): FileSet {
    const bounds: number[] = []
    for (const index of Uint32Array.from([...indices].filter(isIndex)).sort())
      extend(bounds, index, index)
    return new FileSet(bounds)
  }

  /** Reads what was saved: a text, or a list of indices. `null`, all files, for anything else. */
  static revive(saved: unknown): FileSet | null {
    if (Array.isArray(saved)) return FileSet.of(saved.filter(isIndex))
    if (typeof saved !== 'string') return null
    const bounds: number[] = []
    for (const part of saved === '' ? [] : saved.split(',')) {
      const [, first, last] = PART.exec(part) ?? []
      if (first === undefined) return null
      extend(bounds, Number(first), Number(last ?? first))
    }
    return new FileSet(bounds)
  }

  has(index: number): boolean {
    let low = 0
    let high = this.#bounds.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#bounds[middle] ?? 0) < index) low = middle + 1
      else high = middle
    }
    // An odd place is that of a last index: what stands before it begins the range.
    return this.#bounds[low] === index || low % 2 === 1
  }

  /** The lowest index; `null` for no file at all. */
  get first(): number | null {
    return this.#bounds[0] ?? null
  }

  /** `0,2,4-6` */
  toJSON(): string {
    this.#text ??= textOf(this.#bounds)
    return this.#text
  }
}

/** Ranges come by ascending first index; what does not is left out. */
function extend(bounds: number[], first: number, last: number): void {
  const end = bounds.at(-1)
  if (last < first || (end !== undefined && last <= end)) return
  if (end === undefined || first > end + 1) bounds.push(first, last)
  else bounds[bounds.length - 1] = last
}

function textOf(bounds: readonly number[]): string {
  const parts: string[] = []
  for (let at = 0; at < bounds.length; at += 2) {
    const [first, last] = [bounds[at], bounds[at + 1]]
    parts.push(first === last ? `${first}` : `${first}-${last}`)
  }
  return parts.join(',')
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32
}
