const tables = new Map<string, ReadonlyMap<string, Uint8Array>>()

/** Encodes text in any charset of TextDecoder, which knows only the way back. Throws for what it lacks. */
export function encodeText(text: string, charset: string): Uint8Array {
  const table = tables.get(charset) ?? makeTable(charset)
  tables.set(charset, table)
  const parts = Array.from(text, (character) => {
    const bytes = table.get(character)
    if (bytes === undefined) throw new Error(`${charset} has no ${character}`)
    return bytes
  })
  return Buffer.concat(parts)
}

function makeTable(charset: string): ReadonlyMap<string, Uint8Array> {
  const decoder = new TextDecoder(charset, { fatal: true })
  const table = new Map<string, Uint8Array>()
  const learn = (bytes: Uint8Array): void => {
    try {
      const text = decoder.decode(bytes)
      if ([...text].length === 1 && !table.has(text)) table.set(text, bytes)
    } catch {
      // No character has these bytes.
    }
  }
  for (let byte = 0; byte < 256; byte++) learn(Uint8Array.of(byte))
  // What a standard has before what vendors added: lead bytes from 0xa1 first.
  for (let lead = 0xa1; lead < 0xff; lead++) learnPairs(lead, learn)
  for (let lead = 0x81; lead < 0xa1; lead++) learnPairs(lead, learn)
  return table
}

function learnPairs(lead: number, learn: (bytes: Uint8Array) => void): void {
  for (let trail = 0x40; trail < 0xff; trail++) learn(Uint8Array.of(lead, trail))
}
