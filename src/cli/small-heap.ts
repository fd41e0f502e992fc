import { setFlagsFromString } from 'node:v8'

/** Of what is in use after a collection. V8's own factor is up to 4: ten thousand torrents held 270 MB of garbage. */
const GARBAGE_PERCENT = 50

/**
 * Has garbage collected before it is half as much as what is in use. V8 looks at the flag after each
 * collection. The size of its young generation cannot be changed in a process that runs: `npm start` and
 * the recipes for services give it (`--max-semi-space-size=4`), which spares another 40 MB.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GARBAGE_PERCENT}`)
}
