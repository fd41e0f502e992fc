import { setFlagsFromString } from 'node:v8'

/** Of what is in use after a collection. V8's own factor is up to 4: ten thousand torrents held 270 MB of garbage. */
const GARBAGE_PERCENT = 30

/** With fewer, garbage is little, and a fast download is a quarter slower when it is collected so often. */
const MANY_TORRENTS = 1_000

/**
 * Where there are many torrents, has garbage collected before it is a third of what is in use. V8 looks at the flag after each
 * collection. What cannot be changed in a process that runs is given by `npm start` and the recipes for services:
 * the size of its young generation (`--max-semi-space-size=4`), which spares another 40 MB, and that it does not
 * collect and compact three times over once nothing happens (`--no-memory-reducer`), which takes a second.
 */
export function keepHeapSmall(torrents: number): void {
  if (torrents < MANY_TORRENTS) return
  setFlagsFromString(`--heap-growing-percent=${GARBAGE_PERCENT}`)
}
