import type { Renderer } from '../api/renderer-types.ts'
import { sendJson } from '../api/request.ts'
import { nextAfter } from '../logic/library-titles.ts'
import { t } from '../text/text.ts'
import { placeOf } from './library.ts'
import { connection, loadRenderers } from './live.ts'
import type { MediaFile } from './media-dialog.ts'
import { mediaFileIn, mediaFileOf } from './media-file.ts'
import { attempt } from './notices.ts'

export interface PlayOptions {
  /** In seconds. */
  readonly position: number
  /** Its index among the file's; `null` for none, the best where absent. */
  readonly subtitle?: number | null
}

/** @returns whether it plays */
export async function playOn(
  renderer: Renderer,
  media: MediaFile,
  { position, subtitle }: PlayOptions,
): Promise<boolean> {
  const body = {
    torrent: media.infoHash,
    file: media.fileIndex,
    ...(position > 0 ? { position } : {}),
    ...(subtitle === undefined ? {} : { subtitle }),
  }
  const done = t('play.on.done', { title: media.title, name: renderer.name })
  return await attempt(() => command(renderer, 'play', body), done)
}

/** Has it played after what the renderer plays. @returns whether that is agreed */
export async function playAfter(renderer: Renderer, media: MediaFile): Promise<boolean> {
  const body = { torrent: media.infoHash, file: media.fileIndex }
  const done = t('now.queued', { title: media.title, name: renderer.name })
  return await attempt(() => command(renderer, 'next', body), done)
}

/** Whether it plays something, or did when it was heard of last: then its problem is to be seen. */
export function isBusy({ problem, playback: { state, info_hash: infoHash } }: Renderer): boolean {
  if (state === 'unknown') return problem !== null && infoHash !== null
  return state !== 'stopped'
}

export type RendererCommand =
  | 'play'
  | 'pause'
  | 'resume'
  | 'stop'
  | 'seek'
  | 'volume'
  | 'mute'
  | 'next'
  | 'clear_next'

/** @throws RequestError in the server's words */
async function command(
  { id }: Renderer,
  name: RendererCommand,
  body: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await sendJson('POST', `renderers/${encodeURIComponent(id)}/${name}`, body)
  if (connection.peek() !== 'live') await loadRenderers()
}

/** Tells a renderer something, and the person of what is wrong with it. */
export async function tell(
  renderer: Renderer,
  name: RendererCommand,
  body: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await attempt(() => command(renderer, name, body))
}

export async function searchRenderers(): Promise<void> {
  await attempt(async () => {
    await sendJson('POST', 'renderers/search')
    await loadRenderers()
  }, t('tvs.searching'))
}

/** What the renderer plays, as the library calls it; `null` for what is not ours. */
export function titleOn({ playback }: Renderer): string | null {
  const { info_hash: infoHash, file_idx: fileIndex, title } = playback
  const place = infoHash === null || fileIndex === null ? undefined : placeOf(infoHash, fileIndex)
  return place === undefined ? title : mediaFileOf(place.entry).title
}

/** What the renderer is to play next, as the library calls it. */
export function queuedOn({ playback: { next } }: Renderer): MediaFile | null {
  if (next === null) return null
  const place = placeOf(next.info_hash, next.file_idx)
  return place === undefined
    ? { ...mediaFileIn(next.info_hash, next.file_idx, []), title: next.title }
    : mediaFileOf(place.entry)
}

/** What the library has after the film that a renderer plays. */
export function nextFor({ playback }: Renderer): MediaFile | null {
  const { info_hash: infoHash, file_idx: fileIndex } = playback
  if (infoHash === null || fileIndex === null) return null
  const place = placeOf(infoHash, fileIndex)
  if (place === undefined) return null
  const next = nextAfter(place.title, infoHash, fileIndex)
  return next === undefined ? null : mediaFileOf(next)
}
