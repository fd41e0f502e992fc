import type { Playback } from '../objects/media-object.ts'
import type { ObjectId } from '../objects/object-id.ts'
import type { PlaybackStore } from './playback-store.ts'

/** What is left out stays as it is. */
export type PlaybackChange = Partial<Omit<Playback, 'lastPlayedAt'>>

/** A change of how far one file was watched. */
export interface WatchedFile {
  readonly fileId: ObjectId
  readonly change: PlaybackChange
  readonly now: Date
}

/** Notes how far a file was watched. True where a TV is to hear of it. */
export function notePlayback(store: PlaybackStore, { fileId, change, now }: WatchedFile): boolean {
  const before = store.get(fileId)
  const { positionMs, playCount } = { positionMs: 0, playCount: 0, ...before, ...change }
  const isNothing = positionMs === 0 && playCount === 0
  const playback = isNothing ? null : { positionMs, playCount, lastPlayedAt: now }
  store.set(fileId, playback)
  return isNews(before, playback)
}

/** A TV is to hear of it: that it was begun or watched, and not how far, which is told too often. */
export function isNews(before: Playback | null, after: Playback | null): boolean {
  const hasBegun = (playback: Playback | null): boolean => (playback?.positionMs ?? 0) > 0
  return (
    (after?.playCount ?? 0) !== (before?.playCount ?? 0) || hasBegun(after) !== hasBegun(before)
  )
}
