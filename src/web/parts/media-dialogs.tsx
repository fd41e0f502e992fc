import type { JSX } from 'preact'
import { mediaDialog } from '../state/media-dialog.ts'
import { PlayOnDialog } from './play-on-dialog.tsx'
import { ShareDialog } from './share-dialog.tsx'

/** Whichever of the two is open. */
export function MediaDialogs(): JSX.Element | null {
  const open = mediaDialog.value
  if (open === null) return null
  const close = (): void => {
    mediaDialog.value = null
  }
  return open.kind === 'share' ? (
    <ShareDialog media={open.media} onClose={close} />
  ) : (
    <PlayOnDialog media={open.media} onClose={close} />
  )
}
