import type { JSX } from 'preact'
import { useId, useState } from 'preact/hooks'
import type { TorrentDetails } from '../../api/api-types.ts'
import { sendJson } from '../../api/request.ts'
import { goalInput, parseGoal } from '../../logic/quantities.ts'
import { attempt } from '../../state/notices.ts'
import { t } from '../../text/text.ts'

interface SharingFormProps {
  readonly id: number
  readonly details: TorrentDetails
  readonly onChanged: () => void
}

/** When a torrent has been shared enough, and whether what was watched of it may make room. */
export function SharingForm({ id, details, onChanged }: SharingFormProps): JSX.Element {
  const { seeding, keep } = details
  const hint = useId()
  const [ratio, setRatio] = useState(goalInput(seeding?.ratio ?? null))
  const [minutes, setMinutes] = useState(goalInput(seeding?.minutes ?? null))
  const goals = { ratio: parseGoal(ratio), minutes: parseGoal(minutes) }
  const isValid = goals.ratio !== undefined && goals.minutes !== undefined
  const send = async (route: string, body: unknown): Promise<void> => {
    await attempt(() => sendJson('POST', `torrents/${id}/${route}`, body), t('saved'))
    onChanged()
  }
  return (
    <>
      {seeding !== undefined && (
        <form
          class="limits"
          onSubmit={(event) => {
            event.preventDefault()
            if (isValid) void send('seeding', goals)
          }}
        >
          <h2>{t('sharing')}</h2>
          <label class="field">
            {t('sharing.ratio')}
            <input
              type="text"
              inputMode="decimal"
              value={ratio}
              placeholder={t('sharing.common')}
              aria-invalid={goals.ratio === undefined}
              aria-describedby={hint}
              onInput={({ currentTarget }) => setRatio(currentTarget.value)}
            />
          </label>
          <label class="field">
            {t('sharing.minutes')}
            <input
              type="text"
              inputMode="decimal"
              value={minutes}
              placeholder={t('sharing.common')}
              aria-invalid={goals.minutes === undefined}
              aria-describedby={hint}
              onInput={({ currentTarget }) => setMinutes(currentTarget.value)}
            />
          </label>
          <p id={hint} class={isValid ? 'hint' : 'problem'}>
            {t('sharing.hint')}
          </p>
          <button type="submit" class="primary" disabled={!isValid}>
            {t('sharing.save')}
          </button>
        </form>
      )}
      {keep !== undefined && (
        <label class="check">
          <input
            type="checkbox"
            checked={keep}
            onChange={({ currentTarget }) => void send('keep', { keep: currentTarget.checked })}
          />
          {t('keep')}
        </label>
      )}
    </>
  )
}
