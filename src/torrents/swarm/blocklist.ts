import { isIPv4 } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Larger lists are cut: 8 MiB of memory. */
const MAX_RANGES = 1_000_000
/** Looked at in one turn of the event loop. */
const STEP = 20_000
const MAX_LINE_CHARACTERS = 4_096
/** `some: name:1.2.3.0-1.2.3.255` (PeerGuardian text, "p2p"); a range or an address alone is read, too. */
const LINE = /(?:^|:)\s*(\d{1,3}(?:\.\d{1,3}){3})(?:\s*-\s*(\d{1,3}(?:\.\d{1,3}){3}))?\s*$/

/** IPv4 ranges that nobody may come from: sorted, and none touches another. */
export class Blocklist {
  readonly #starts: Uint32Array
  readonly #ends: Uint32Array

  private constructor(starts: Uint32Array, ends: Uint32Array) {
    this.#starts = starts
    this.#ends = ends
  }

  /** Reads a list without holding up the event loop; what is no range is left out. Rejects as `chunks` do. */
  static async read(chunks: AsyncIterable<Uint8Array>): Promise<Blocklist> {
    const ranges = new Ranges()
    let rest = ''
    for await (const chunk of chunks) {
      const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\n')
      rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS)
      for (const [index, line] of lines.entries()) {
        if (index % 2_000 === 1_999) await nextTurn()
        ranges.addLine(line)
      }
      await nextTurn()
    }
    ranges.addLine(rest)
    const { starts, ends } = await ranges.merged()
    return new Blocklist(starts, ends)
  }

  get size(): number {
    return this.#starts.length
  }

  /** Whether an IP address is in it; IPv6 never is. */
  has(address: string): boolean {
    if (this.size === 0 || !isIPv4(address)) return false
    const value = numberOf(address)
    let low = 0
    let high = this.size
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#starts[middle] ?? 0) <= value) low = middle + 1
      else high = middle
    }
    return low > 0 && value <= (this.#ends[low - 1] ?? 0)
  }
}

/** Ranges as they come in. */
class Ranges {
  #starts = new Uint32Array(1_024)
  #ends = new Uint32Array(1_024)
  #count = 0

  addLine(line: string): void {
    if (this.#count >= MAX_RANGES || line.startsWith('#')) return
    const [, first, last = first] = LINE.exec(line.trimEnd()) ?? []
    if (first === undefined || last === undefined) return
    const [start, end] = [numberOf(first), numberOf(last)]
    if (start > end || Number.isNaN(start) || Number.isNaN(end)) return
    if (this.#count === this.#starts.length) {
      this.#starts = grown(this.#starts)
      this.#ends = grown(this.#ends)
    }
    this.#starts[this.#count] = start
    this.#ends[this.#count] = end
    this.#count++
  }

  async merged(): Promise<{ starts: Uint32Array; ends: Uint32Array }> {
    const order = await this.#sorted()
    const starts = new Uint32Array(this.#count)
    const ends = new Uint32Array(this.#count)
    let count = 0
    for (let at = 0; at < order.length; at++) {
      if (at % STEP === STEP - 1) await nextTurn()
      const index = (order[at] ?? 0) % INDICES
      const [start, end] = [this.#starts[index] ?? 0, this.#ends[index] ?? 0]
      const before = ends[count - 1]
      if (before !== undefined && start <= before + 1) ends[count - 1] = Math.max(before, end)
      else {
        starts[count] = start
        ends[count] = end
        count++
      }
    }
    return { starts: starts.slice(0, count), ends: ends.slice(0, count) }
  }

  /** Starts with their indices behind them, sorted in steps. */
  async #sorted(): Promise<Float64Array> {
    let keys = new Float64Array(this.#count)
    for (let index = 0; index < this.#count; index++) {
      if (index % STEP === STEP - 1) await nextTurn()
      keys[index] = (this.#starts[index] ?? 0) * INDICES + index
    }
    for (let from = 0; from < keys.length; from += STEP) {
      keys.subarray(from, from + STEP).sort()
      await nextTurn()
    }
    for (let width = STEP; width < keys.length; width *= 2) keys = await mergedOnce(keys, width)
    return keys
  }
}

/** More than there are ranges. */
const INDICES = 2 ** 20

async function mergedOnce(keys: Float64Array, width: number): Promise<Float64Array<ArrayBuffer>> {
  const merged = new Float64Array(keys.length)
  for (let from = 0; from < keys.length; from += 2 * width) {
    const middle = Math.min(from + width, keys.length)
    const end = Math.min(from + 2 * width, keys.length)
    let [left, right] = [from, middle]
    for (let at = from; at < end; at++) {
      if (at % STEP === STEP - 1) await nextTurn()
      const [a = 0, b = 0] = [keys[left], keys[right]]
      const isLeft = left < middle && (right >= end || a <= b)
      merged[at] = isLeft ? a : b
      if (isLeft) left++
      else right++
    }
  }
  return merged
}

function grown(numbers: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(numbers.length * 2)
  larger.set(numbers)
  return larger
}

/** NaN for what is no IPv4 address. */
function numberOf(address: string): number {
  let value = 0
  for (const part of address.split('.')) {
    const byte = Number(part)
    value = byte > 255 ? Number.NaN : value * 256 + byte
  }
  return value
}
