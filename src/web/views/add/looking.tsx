import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { durationText } from '../../logic/quantities.ts'
import { Heading } from '../../parts/heading.tsx'
import { Progress } from '../../parts/progress.tsx'
import { t } from '../../text/text.ts'

interface LookingProps {
  readonly name: string
  readonly onCancel: () => void
  readonly onAddNow: () => void
}

/** After which a magnet is said to take long, in seconds. */
const LONG_S = 15

/** While a torrent's list of files is being fetched. */
export function Looking({ name, onCancel, onAddNow }: LookingProps): JSX.Element {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setSeconds((known) => known + 1), 1_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <>
      <Heading title={t('add.looking')} />
      <p class="break">{name}</p>
      <Progress label={t('add.looking')} share={null} />
      <p class="hint">
        {durationText(seconds)}
        {seconds >= LONG_S && ` · ${t('add.looking.long')}`}
      </p>
      <div class="actions">
        <button type="button" onClick={onAddNow}>
          {t('add.now')}
        </button>
        <button type="button" onClick={onCancel}>
          {t('cancel')}
        </button>
      </div>
    </>
  )
}
