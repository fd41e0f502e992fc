import { playlist } from '../logic/playlist.ts'
import type { MediaFile } from '../state/media-dialog.ts'
import { saveText } from './clipboard.ts'

/** Gives a playlist to the browser, which opens it with VLC or whatever is there for it. */
export function openInPlayer(files: readonly MediaFile[], name: string): void {
  const text = playlist(
    files.map(({ title, durationS, streamUrl }) => ({
      title,
      seconds: durationS ?? -1,
      url: streamUrl,
    })),
  )
  saveText(text, `${name.replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ').trim()}.m3u8`, 'audio/x-mpegurl')
}
