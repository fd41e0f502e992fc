import type { PushedMedia } from '../media/pushed-media.ts'
import type { SinkEntry } from '../media/sink.ts'
import type { Playing } from './playback-tracker.ts'

/** A file, and how it is told to a renderer that says that it plays what is in the sink. */
export interface Playable {
  readonly file: Omit<Playing, 'url'>
  readonly mediaFor: (sink: readonly SinkEntry[]) => PushedMedia
}
