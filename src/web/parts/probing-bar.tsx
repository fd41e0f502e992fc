import type { JSX } from 'preact'
import { probing } from '../state/live.ts'
import { t } from '../text/text.ts'
import { Progress } from './progress.tsx'

/** How far the looking into files is. @param infoHash of the torrent that counts, where only one does */
export function ProbingBar({ infoHash }: { infoHash?: string }): JSX.Element | null {
  const current = probing.value
  if (current === null || (infoHash !== undefined && infoHash !== current.info_hash)) return null
  const { torrent_name: name, probed, total } = current
  const label = t('probing', { name })
  return (
    <div class="probing">
      <p class="muted split">
        <span class="one-line">{t('probing', { name })}</span>
        <span>{t('of', { part: String(probed), whole: String(total) })}</span>
      </p>
      <Progress label={label} share={total === 0 ? null : probed / total} />
    </div>
  )
}
