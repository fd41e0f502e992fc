import type { Measured } from './statistics.ts'

/** What is measured, and how it is printed. */
export interface Metric {
  readonly name: string
  readonly unit: string
  /** Digits after the point. */
  readonly digits: number
}

/** One run of one contender: metric name to value. */
export type Sample = Readonly<Record<string, Measured>>

/** All runs of a benchmark by row (swarm and piece size, for instance), metric and contender. */
export class Results {
  readonly rows: string[] = []
  readonly contenders: string[] = []
  /** Faults and remarks, each once, in the order of their appearance. */
  readonly remarks: string[] = []
  readonly #values = new Map<string, Measured[]>()

  add(row: string, contender: string, sample: Sample): void {
    if (!this.rows.includes(row)) this.rows.push(row)
    if (!this.contenders.includes(contender)) this.contenders.push(contender)
    for (const [metric, value] of Object.entries(sample)) {
      const key = keyOf(row, contender, metric)
      this.#values.set(key, [...(this.#values.get(key) ?? []), value])
    }
  }

  remark(text: string): void {
    if (!this.remarks.includes(text)) this.remarks.push(text)
  }

  values(row: string, contender: string, metric: string): readonly Measured[] {
    return this.#values.get(keyOf(row, contender, metric)) ?? []
  }

  toJSON(): object {
    return { remarks: this.remarks, values: Object.fromEntries(this.#values) }
  }
}

function keyOf(row: string, contender: string, metric: string): string {
  return [row, contender, metric].join(' | ')
}
