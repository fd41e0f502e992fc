import { withoutLogin } from '../../without-login.ts'

/** How it stands with one tracker, for people. */
export interface TrackerStatus {
  /** Without a password. */
  readonly url: string
  readonly state: 'waiting' | 'announcing' | 'working' | 'failing' | 'unusable'
  /** The last failure or warning, in the tracker's words or ours. */
  readonly message: string | null
  readonly seeders: number | null
  readonly leechers: number | null
  /** Milliseconds since the last answer; `null` where there was none. */
  readonly lastAnnounceMsAgo: number | null
  /** Milliseconds; `null` where none is planned. */
  readonly nextAnnounceMs: number | null
}

/** Of a tracker that is not asked now. */
export function waitingTracker(url: string): TrackerStatus {
  return {
    url: withoutLogin(url),
    state: 'waiting',
    message: null,
    seeders: null,
    leechers: null,
    lastAnnounceMsAgo: null,
    nextAnnounceMs: null,
  }
}
