import type { SessionOptions, Session as TributarySession } from '../../src/index.ts'
import { BUILD } from '../helpers/build.ts'

const tributary: typeof import('../../src/index.ts') = await import(new URL('index.js', BUILD).href)

/** The package as the examples import it, in a world of nobody but the peers that a magnet names. */
export const Session: typeof TributarySession = {
  open: (options: SessionOptions) =>
    tributary.Session.open({ ...options, dht: false, lsd: false, trackers: false }),
}
