const LONGEST_TEXT = 200

/** One track of the report: all its fields are texts. */
export class ReportTrack {
  readonly type: string | null
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(fields: Readonly<Record<string, unknown>>) {
    this.#fields = fields
    this.type = this.text('@type')
  }

  text(name: string): string | null {
    return textOf(this.#fields[name])
  }

  /** One of the fields for which the report has no name of its own. */
  extra(name: string): string | null {
    const { extra } = this.#fields
    if (typeof extra !== 'object' || extra === null) return null
    const [, value] = Object.entries(extra).find(([key]) => key === name) ?? []
    return textOf(value)
  }

  /** Seconds in the report. */
  milliseconds(name: string): number | null {
    const seconds = this.positive(name, Number.MAX_SAFE_INTEGER)
    return seconds === null ? null : seconds * 1_000
  }

  positive(name: string, most: number): number | null {
    // Two spellings of a value are joined by a slash; the first is the stream's own.
    const value = Number.parseFloat(this.text(name)?.split(' / ')[0] ?? '')
    return Number.isFinite(value) && value > 0 && value <= most ? value : null
  }

  count(name: string, most = Number.MAX_SAFE_INTEGER): number | null {
    const value = Math.round(this.positive(name, most) ?? 0)
    return value > 0 ? value : null
  }
}

function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const text = value.toWellFormed().trim()
  return text === '' ? null : shortened(text)
}

/** Never half a character. */
function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : text.slice(0, LONGEST_TEXT).toWellFormed()
}
