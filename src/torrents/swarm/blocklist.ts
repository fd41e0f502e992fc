import { isIPv4, isIPv6 } from 'node:net'
import { nextTurn } from '../../concurrency/next-turn.ts'
import { unmappedAddress } from '../../ip-address.ts'
import { ipv4Number, parseBlocklistLine } from './blocklist-line.ts'
import { type Ipv6Range, Ipv6Ranges } from './ipv6-ranges.ts'

/** Of IPv4: 8 MiB of memory. */
const MAX_RANGES = 1_000_000
/** Of IPv6: some 20 MiB. */
const MAX_IPV6_RANGES = 100_000
/** Looked at in one turn of the event loop. */
const STEP = 20_000
const MAX_LINE_CHARACTERS = 4_096

interface SortedRanges {
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  readonly ipv6: Ipv6Ranges
}

/** Ranges of addresses that nobody may come from: sorted, and none touches another. */
export class Blocklist {
  /** There were more ranges than are held. */
  readonly isCut: boolean
  readonly #starts: Uint32Array
  readonly #ends: Uint32Array
  readonly #ipv6: Ipv6Ranges

  private constructor({ starts, ends, ipv6 }: SortedRanges, isCut: boolean) {
    this.#starts = starts
    this.#ends = ends
    this.#ipv6 = ipv6
    this.isCut = isCut
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
    return new Blocklist(await ranges.merged(), ranges.isCut)
  }

  get size(): number {
    return this.#starts.length + this.#ipv6.size
  }

  /** Whether an IP address is in it, also IPv4 as a dual-stack socket gives it. */
  has(address: string): boolean {
    const plain = unmappedAddress(address).replace(/%.*$/, '')
    if (isIPv6(plain)) return this.#ipv6.has(plain)
    return isIPv4(plain) && this.#hasIpv4(ipv4Number(plain))
  }

  #hasIpv4(value: number): boolean {
    let low = 0
    let high = this.#starts.length
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
  isCut = false
  #starts = new Uint32Array(1_024)
  #ends = new Uint32Array(1_024)
  #count = 0
  readonly #ipv6: Ipv6Range[] = []

  addLine(line: string): void {
    const range = parseBlocklistLine(line)
    if (range === null) return
    if (range.family === 6) {
      if (this.#ipv6.length < MAX_IPV6_RANGES) this.#ipv6.push(range)
      else this.isCut = true
    } else if (this.#count < MAX_RANGES) this.#add(range.start, range.end)
    else this.isCut = true
  }

  #add(start: number, end: number): void {
    if (this.#count === this.#starts.length) {
      this.#starts = grown(this.#starts)
      this.#ends = grown(this.#ends)
    }
    this.#starts[this.#count] = start
    this.#ends[this.#count] = end
    this.#count++
  }

  async merged(): Promise<SortedRanges> {
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
    const ipv6 = await Ipv6Ranges.of(this.#ipv6)
    return { starts: starts.slice(0, count), ends: ends.slice(0, count), ipv6 }
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
