/**
 * Takes the JSON text of an object that holds one long array, in chunks as they arrive, and gives the
 * array's items one by one: no single step over a long answer keeps the page from moving.
 */
export class JsonItems {
  /** Characters since the beginning of the item that is not complete yet. */
  #pending = ''
  #depth = 0
  #isInString = false
  #isEscaped = false

  /** The texts of the items that `chunk` completes. */
  take(chunk: string): string[] {
    const items: string[] = []
    let start = this.#depth >= ITEM_DEPTH ? 0 : -1
    for (let place = 0; place < chunk.length; place++) {
      const code = chunk.charCodeAt(place)
      if (this.#isInString) {
        this.#passString(code)
      } else if (code === QUOTE) {
        this.#isInString = true
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        this.#depth++
        if (this.#depth === ITEM_DEPTH) start = place
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        if (this.#depth === ITEM_DEPTH) {
          items.push(this.#pending + chunk.slice(start, place + 1))
          this.#pending = ''
          start = -1
        }
        this.#depth--
      }
    }
    if (start !== -1) this.#pending += chunk.slice(start)
    return items
  }

  #passString(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (code === BACKSLASH) this.#isEscaped = true
    else if (code === QUOTE) this.#isInString = false
  }
}

/** Of an item's own brace: within the array, within the object. */
const ITEM_DEPTH = 3
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
