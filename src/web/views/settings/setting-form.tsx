import type { JSX } from 'preact'
import { useEffect, useId, useState } from 'preact/hooks'
import { sendJson } from '../../api/request.ts'
import type { Setting, SettingValue } from '../../api/server-types.ts'
import { draftOf, settingValue } from '../../logic/setting-values.ts'
import { attempt } from '../../state/notices.ts'
import { settingNames } from '../../text/setting-names.ts'
import { levelName, t } from '../../text/text.ts'

interface SettingFormProps {
  readonly setting: Setting
  readonly onSaved: () => void
}

/** One setting: its name, what it does, in which unit; saved for itself. */
export function SettingForm({ setting, onSaved }: SettingFormProps): JSX.Element {
  const { name, kind, restart, value } = setting
  const names = settingNames(setting)
  const id = useId()
  const [draft, setDraft] = useState(() => draftOf(setting))
  useEffect(() => setDraft(draftOf(setting)), [JSON.stringify(value)])
  const wanted = settingValue(kind, draft)
  const isChanged = draft !== draftOf(setting)
  const save = async (to: SettingValue): Promise<void> => {
    const isSaved = await attempt(
      () => sendJson('PATCH', 'settings', { [name]: to }),
      t(restart ? 'saved.restart' : 'saved'),
    )
    if (isSaved) onSaved()
  }
  const shared = { id, 'aria-describedby': `${id}-effect` }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (wanted !== undefined) void save(wanted)
      }}
    >
      {kind === 'boolean' ? (
        <label class="check">
          <input
            {...shared}
            type="checkbox"
            checked={value === true}
            onChange={({ currentTarget }) => void save(currentTarget.checked)}
          />
          <strong>{names.label}</strong>
        </label>
      ) : (
        <label class="setting-name" for={id}>
          <strong>{names.label}</strong>
          {names.unit !== null && <span class="muted"> ({names.unit})</span>}
        </label>
      )}
      {kind === 'choice' && (
        <select
          {...shared}
          value={String(value ?? '')}
          onChange={({ currentTarget }) => void save(currentTarget.value)}
        >
          {(setting.choices ?? []).map((choice) => (
            <option key={choice} value={choice}>
              {name === 'log-level' ? levelName(choice) : choice}
            </option>
          ))}
        </select>
      )}
      {kind !== 'boolean' && kind !== 'choice' && (
        <div class="setting-field">
          <input
            {...shared}
            {...(kind === 'secret' ? { type: 'password' as const } : { type: 'text' as const })}
            inputMode={kind === 'number' ? 'decimal' : undefined}
            autocomplete={kind === 'secret' ? 'new-password' : 'off'}
            spellcheck={false}
            value={draft}
            placeholder={kind === 'secret' && value ? t('settings.secret') : undefined}
            aria-invalid={wanted === undefined}
            onInput={({ currentTarget }) => setDraft(currentTarget.value)}
          />
          <button type="submit" disabled={!isChanged || wanted === undefined}>
            {t('save')}
          </button>
        </div>
      )}
      <p id={`${id}-effect`} class="hint">
        {names.effect} {kind === 'list' && t('settings.list')} {restart && t('settings.restart')}
      </p>
    </form>
  )
}
