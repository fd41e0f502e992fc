import { savePosition } from '../../state/library.ts'
import type { MediaFile } from '../../state/media-dialog.ts'

/** How often where somebody is is told, in milliseconds. */
const EVERY_MS = 10_000

/** From this share on a film counts as watched: what comes is names. */
const WATCHED_SHARE = 0.95

/** Below it nothing is kept, in seconds: somebody has only looked. */
const FIRST_S = 5

/** Tells the server where somebody is in a film. @returns ends it, and tells a last time */
export function keepPosition(video: HTMLVideoElement, media: MediaFile): () => void {
  let told = -1
  const tell = (): void => {
    const { currentTime, duration } = video
    if (currentTime < FIRST_S || Math.abs(currentTime - told) < 1) return
    told = currentTime
    const isWatched = Number.isFinite(duration) && currentTime >= duration * WATCHED_SHARE
    const position = { position_s: isWatched ? 0 : Math.floor(currentTime), watched: isWatched }
    savePosition(media.infoHash, media.fileIndex, position).catch(() => {
      // What cannot be kept does not disturb the film; the next time tells it again.
    })
  }
  const timer = setInterval(() => {
    if (!video.paused) tell()
  }, EVERY_MS)
  const hidden = (): void => {
    if (document.visibilityState === 'hidden') tell()
  }
  video.addEventListener('pause', tell)
  video.addEventListener('ended', tell)
  document.addEventListener('visibilitychange', hidden)
  return () => {
    clearInterval(timer)
    video.removeEventListener('pause', tell)
    video.removeEventListener('ended', tell)
    document.removeEventListener('visibilitychange', hidden)
    tell()
  }
}
