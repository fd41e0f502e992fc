import { setFlagsFromString } from 'node:v8'

/** Of what is in use after a collection. V8's own factor is up to 4: ten thousand torrents held 270 MB of garbage. */
const GARBAGE_PERCENT = 50

/** With fewer, garbage is little, and a fast download is a quarter slower when it is collected so often. */
const MANY_TORRENTS = 1_000

/**
 * Where there are many torrents, has garbage collected before it is half as much as what is in use. V8 looks at the flag after each
 * collection. The size of its young generation cannot be changed in a process that runs: `npm start` and
 * the recipes for services give it (`--max-semi-space-size=4`), which spares another 40 MB.
 */
export function keepHeapSmall(torrents: number): void {
  if (torrents < MANY_TORRENTS) return
  setFlagsFromString(`--heap-growing-percent=${GARBAGE_PERCENT}`)
}
