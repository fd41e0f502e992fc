import type { TransportState } from '../control/transport-text.ts'

/** A file that a renderer was told to play. */
export interface Playing {
  readonly infoHash: string
  readonly fileIndex: number
  /** Of its item in the library. */
  readonly objectId: string
  readonly title: string
  /** As the renderer was given it. */
  readonly url: string
  /** `null` where nobody knows. */
  readonly durationMs: number | null
}

/** What a renderer says at one moment; `null` for what it does not tell. */
export interface Observation {
  readonly state: TransportState
  readonly positionMs: number | null
  readonly durationMs: number | null
  readonly trackUri: string | null
  /** When, by any clock; milliseconds. */
  readonly atMs: number
}

/** What follows from an observation. */
export type PlaybackNews =
  /** It should be told to go there: it begins elsewhere than it was asked to. */
  | { readonly kind: 'seek'; readonly positionMs: number }
  | { readonly kind: 'progress'; readonly playing: Playing; readonly positionMs: number }
  /** 90 % of it are over. */
  | { readonly kind: 'near-end'; readonly playing: Playing }
  | { readonly kind: 'finished'; readonly playing: Playing }
  /** It went on by itself to what it was told to play next. */
  | { readonly kind: 'went-on'; readonly playing: Playing }
  /** It stopped at the end and did not go on by itself. */
  | { readonly kind: 'play-next'; readonly next: Playing }
  /** Somebody has stopped it, or had it play something else. */
  | { readonly kind: 'left'; readonly playing: Playing }
  | { readonly kind: 'never-began'; readonly playing: Playing }

const NEAR_END_SHARE = 0.9
/** What stops within so much of its end has ended. */
const END_MS = 10_000
/** Between two polls that were answered; of a longer silence nobody knows what was played in it. */
const LONGEST_GAP_MS = 6_000
const PROGRESS_MS = 10_000
/** Of the place asked for. */
const CLOSE_ENOUGH_MS = 5_000
/** Some take no seek before they have buffered. */
const SEEK_AGAIN_MS = 3_000
const MOST_SEEKS = 4
/** A torrent may take its time to give the first bytes; so long a renderer may be silent about it. */
const BEGIN_MS = 60_000
/** Others' URLs are seen for a moment while a renderer changes over. */
const FOREIGN_SIGHTINGS = 3

interface Course {
  readonly playing: Playing
  readonly begunAtMs: number
  /** Where it is to begin, until it is there. */
  wantedMs: number | null
  seeks: number
  soughtAtMs: number
  hasPlayed: boolean
  isNearEndTold: boolean
  progressAtMs: number
  state: TransportState
  foreignSightings: number
}

/**
 * Makes sense of what a renderer says while it plays for us. Renderers lie: a position at the end may be
 * 0, times are missing, a URL is somebody else's. No clock and no network in here.
 */
export class PlaybackTracker {
  #course: Course | null = null
  #next: Playing | null = null
  #position: { readonly positionMs: number; readonly atMs: number } | null = null
  #durationMs: number | null = null

  get playing(): Playing | null {
    return this.#course?.playing ?? null
  }

  get next(): Playing | null {
    return this.#next
  }

  /** Milliseconds, as last told. */
  get positionMs(): number | null {
    return this.#course?.wantedMs ?? this.#position?.positionMs ?? null
  }

  get durationMs(): number | null {
    return this.#course?.playing.durationMs ?? this.#durationMs
  }

  /** @param wantedMs - Where it is to begin; 0 for the beginning. */
  begin(playing: Playing, wantedMs: number, atMs: number): void {
    this.#next = null
    this.#enter(playing, atMs)
    if (this.#course !== null && wantedMs > 0) this.#course.wantedMs = wantedMs
  }

  queue(next: Playing | null): void {
    this.#next = next
  }

  /** It was told to go there. */
  sought(positionMs: number, atMs: number): void {
    this.#position = { positionMs, atMs }
    if (this.#course === null) return
    this.#course.wantedMs = null
    this.#course.progressAtMs = Number.NEGATIVE_INFINITY
  }

  /** It was told to stop, or is gone: what it played and how far. */
  end(): { readonly playing: Playing; readonly positionMs: number | null } | null {
    const course = this.#course
    const positionMs = course?.hasPlayed === true ? this.positionMs : null
    this.#course = null
    this.#next = null
    return course === null ? null : { playing: course.playing, positionMs }
  }

  observe(observation: Observation): readonly PlaybackNews[] {
    const { state, positionMs, durationMs, trackUri, atMs } = observation
    if (durationMs !== null) this.#durationMs = durationMs
    const before = this.#position
    const isMoving = state === 'playing' || state === 'paused'
    if (positionMs !== null && (isMoving || this.#course === null)) {
      this.#position = { positionMs: this.#bounded(positionMs), atMs }
    }
    const course = this.#course
    if (course === null) return []
    if (this.#next !== null && trackUri === this.#next.url && trackUri !== course.playing.url) {
      return this.#goOn(this.#next, atMs)
    }
    if (isForeign(trackUri, course.playing)) {
      course.foreignSightings++
      this.#position = before
      return course.foreignSightings < FOREIGN_SIGHTINGS ? [] : this.#leave(course)
    }
    course.foreignSightings = 0
    if (state === 'stopped') return this.#stopped(course, observation)
    return isMoving ? this.#moved(course, observation) : []
  }

  #moved(course: Course, { state, positionMs, atMs }: Observation): readonly PlaybackNews[] {
    const { playing } = course
    const hasChanged = course.state !== state
    course.hasPlayed = true
    course.state = state
    if (positionMs === null) return []
    if (course.wantedMs !== null) return this.#approach(course, { state, positionMs, atMs })
    const news: PlaybackNews[] = []
    if (!course.isNearEndTold && positionMs >= (this.durationMs ?? Infinity) * NEAR_END_SHARE) {
      course.isNearEndTold = true
      news.push({ kind: 'near-end', playing })
    }
    if (hasChanged || atMs - course.progressAtMs >= PROGRESS_MS) {
      course.progressAtMs = atMs
      news.push({ kind: 'progress', playing, positionMs: this.#bounded(positionMs) })
    }
    return news
  }

  /** Until it is where it is to begin, what it says is no progress. */
  #approach(
    course: Course,
    { state, positionMs, atMs }: { state: TransportState; positionMs: number; atMs: number },
  ): readonly PlaybackNews[] {
    const wantedMs = course.wantedMs ?? 0
    const isThere = Math.abs(positionMs - wantedMs) <= CLOSE_ENOUGH_MS
    if (isThere || course.seeks >= MOST_SEEKS) {
      course.wantedMs = null
      return []
    }
    if (state !== 'playing' || atMs - course.soughtAtMs < SEEK_AGAIN_MS) return []
    course.seeks++
    course.soughtAtMs = atMs
    return [{ kind: 'seek', positionMs: wantedMs }]
  }

  #stopped(course: Course, { atMs }: Observation): readonly PlaybackNews[] {
    const { playing } = course
    if (!course.hasPlayed) {
      if (atMs - course.begunAtMs < BEGIN_MS) return []
      this.#course = null
      this.#next = null
      return [{ kind: 'never-began', playing }]
    }
    if (!this.#isAtEnd(course, atMs)) return this.#leave(course)
    const next = this.#next
    this.#course = null
    this.#next = null
    const finished: PlaybackNews = { kind: 'finished', playing }
    return next === null ? [finished] : [finished, { kind: 'play-next', next }]
  }

  #isAtEnd({ state }: Course, atMs: number): boolean {
    const { durationMs } = this
    if (durationMs === null || this.#position === null) return false
    const sinceMs = state === 'playing' ? Math.min(atMs - this.#position.atMs, LONGEST_GAP_MS) : 0
    return this.#position.positionMs + sinceMs >= durationMs - END_MS
  }

  #goOn(next: Playing, atMs: number): readonly PlaybackNews[] {
    const before = this.#course?.playing
    this.#next = null
    this.#enter(next, atMs)
    if (this.#course !== null) this.#course.hasPlayed = true
    const finished: PlaybackNews[] = before ? [{ kind: 'finished', playing: before }] : []
    return [...finished, { kind: 'went-on', playing: next }]
  }

  #leave({ playing }: Course): readonly PlaybackNews[] {
    const { positionMs } = this
    this.#course = null
    this.#next = null
    const progress: PlaybackNews[] =
      positionMs === null ? [] : [{ kind: 'progress', playing, positionMs }]
    return [...progress, { kind: 'left', playing }]
  }

  #enter(playing: Playing, atMs: number): void {
    this.#position = null
    this.#durationMs = null
    this.#course = {
      playing,
      begunAtMs: atMs,
      wantedMs: null,
      seeks: 0,
      soughtAtMs: Number.NEGATIVE_INFINITY,
      hasPlayed: false,
      isNearEndTold: false,
      progressAtMs: Number.NEGATIVE_INFINITY,
      state: 'unknown',
      foreignSightings: 0,
    }
  }

  #bounded(positionMs: number): number {
    return Math.max(0, Math.min(positionMs, this.durationMs ?? Infinity))
  }
}

/** Another URL than ours; words such as NOT_IMPLEMENTED, and our own with another address, are none. */
function isForeign(trackUri: string | null, { url }: Playing): boolean {
  if (trackUri === null || !/^https?:\/\//i.test(trackUri)) return false
  return pathOf(trackUri) !== pathOf(url)
}

function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/]*/i, '').replace(/[?#].*$/, '')
}
