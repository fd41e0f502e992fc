import type { JSX } from 'preact'
import { streams } from '../../state/live.ts'
import type { MediaFile } from '../../state/media-dialog.ts'
import { t } from '../../text/text.ts'

/** Says what a film that stands still is waiting for; nothing while it arrives. */
export function StallNote({ media }: { media: MediaFile }): JSX.Element {
  const stalls = (streams.value ?? [])
    .filter((stream) => stream.info_hash === media.infoHash && stream.file_idx === media.fileIndex)
    .map((stream) => stream.stalls.current)
  const reason = stalls.find((stall) => stall !== null && stall.reason !== 'client_paused')?.reason
  return (
    <p class="stall-note" role="status">
      {reason !== undefined && t(`stall.${reason}`)}
    </p>
  )
}
