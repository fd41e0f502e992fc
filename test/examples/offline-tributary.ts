import { type SessionOptions, Session as TributarySession } from '../../src/index.ts'

/** The package as the examples import it, in a world of nobody but the peers that a magnet names. */
export const Session: typeof TributarySession = {
  open: (options: SessionOptions) =>
    TributarySession.open({ ...options, dht: false, lsd: false, trackers: false }),
}
