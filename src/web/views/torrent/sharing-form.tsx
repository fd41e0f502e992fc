import type { JSX } from 'preact'
import { useId, useState } from 'preact/hooks'
import { sendJson } from '../../api/request.ts'
import type { TorrentDetails } from '../../api/torrent-types.ts'
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
          <GoalField label={t('sharing.ratio')} value={ratio} hint={hint} onInput={setRatio} />
          <GoalField
            label={t('sharing.minutes')}
            value={minutes}
            hint={hint}
            onInput={setMinutes}
          />
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

interface GoalFieldProps {
  readonly label: string
  readonly value: string
  /** The id of what explains it. */
  readonly hint: string
  readonly onInput: (value: string) => void
}

/** A number from 0 on, or nothing for what the settings say. */
function GoalField({ label, value, hint, onInput }: GoalFieldProps): JSX.Element {
  return (
    <label class="field">
      {label}
      <input
        type="text"
        inputMode="decimal"
        value={value}
        placeholder={t('sharing.common')}
        aria-invalid={parseGoal(value) === undefined}
        aria-describedby={hint}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </label>
  )
}
