import { nextTurn } from '../../concurrency/next-turn.ts'

/** Sorted in one turn of the event loop. */
const STEP = 2_000

/** Both ends inclusive, as ipv6Digits gives them. */
export interface Ipv6Range {
  readonly start: string
  readonly end: string
}

/** An IPv6 address without a zone as 32 digits, which are in the order of the addresses. */
export function ipv6Digits(address: string): string {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  const [, head, a, b, c, d] = dotted ?? []
  const plain =
    head === undefined
      ? address
      : `${head}${(Number(a) * 256 + Number(b)).toString(16)}:${(Number(c) * 256 + Number(d)).toString(16)}`
  const [before = '', after] = plain.toLowerCase().split('::')
  const [left, right] = [groupsOf(before), groupsOf(after ?? '')]
  const gap = '0000'.repeat(Math.max(0, 8 - left.length - right.length))
  return `${left.join('')}${gap}${right.join('')}`
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':').map((group) => group.padStart(4, '0'))
}

/** Ranges of IPv6 addresses: sorted, and none overlaps another. */
export class Ipv6Ranges {
  readonly #ranges: readonly Ipv6Range[]

  private constructor(ranges: readonly Ipv6Range[]) {
    this.#ranges = ranges
  }

  static async of(ranges: readonly Ipv6Range[]): Promise<Ipv6Ranges> {
    const merged: Ipv6Range[] = []
    for (const [index, range] of (await sorted(ranges)).entries()) {
      if (index % STEP === STEP - 1) await nextTurn()
      const before = merged.at(-1)
      if (before === undefined || range.start > before.end) merged.push(range)
      else if (range.end > before.end) merged.splice(-1, 1, { start: before.start, end: range.end })
    }
    return new Ipv6Ranges(merged)
  }

  get size(): number {
    return this.#ranges.length
  }

  /** @param address - IPv6, without a zone. */
  has(address: string): boolean {
    if (this.size === 0) return false
    const digits = ipv6Digits(address)
    let low = 0
    let high = this.size
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ranges[middle]?.start ?? '') <= digits) low = middle + 1
      else high = middle
    }
    return digits <= (this.#ranges[low - 1]?.end ?? '')
  }
}

/** By their starts, in steps: sorted parts, of which two at a time become one. */
async function sorted(ranges: readonly Ipv6Range[]): Promise<readonly Ipv6Range[]> {
  let parts: (readonly Ipv6Range[])[] = []
  for (let at = 0; at < ranges.length; at += STEP) {
    parts.push(ranges.slice(at, at + STEP).sort((a, b) => (a.start < b.start ? -1 : 1)))
    await nextTurn()
  }
  while (parts.length > 1) {
    const longer: (readonly Ipv6Range[])[] = []
    for (let at = 0; at < parts.length; at += 2) {
      longer.push(await joined(parts[at] ?? [], parts[at + 1] ?? []))
    }
    parts = longer
  }
  return parts[0] ?? []
}

async function joined(
  left: readonly Ipv6Range[],
  right: readonly Ipv6Range[],
): Promise<readonly Ipv6Range[]> {
  const all: Ipv6Range[] = []
  let [l, r] = [0, 0]
  for (;;) {
    const [a, b] = [left[l], right[r]]
    const next = b === undefined || (a !== undefined && a.start <= b.start) ? a : b
    if (next === undefined) return all
    if (next === a) l++
    else r++
    all.push(next)
    if (all.length % STEP === 0) await nextTurn()
  }
}
