import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { getJson, sendJson } from '../../api/request.ts'
import type { Limits, TorrentDetails, TorrentItem } from '../../api/torrent-types.ts'
import { parseRate, rateInput } from '../../logic/quantities.ts'
import { WhenLoaded } from '../../parts/when-loaded.tsx'
import { attempt } from '../../state/notices.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { t } from '../../text/text.ts'
import { SharingForm } from './sharing-form.tsx'

interface LimitsPanelProps {
  readonly item: TorrentItem
  readonly details: TorrentDetails | null
  readonly onChanged: () => void
}

/** How fast one torrent may be, how long it is shared, and whether it may be freed. */
export function LimitsPanel({ item, details, onChanged }: LimitsPanelProps): JSX.Element {
  return (
    <>
      <RatesPanel item={item} />
      {details !== null && (
        <SharingForm
          key={JSON.stringify(details.seeding)}
          id={item.id}
          details={details}
          onChanged={onChanged}
        />
      )}
    </>
  )
}

function RatesPanel({ item }: { item: TorrentItem }): JSX.Element {
  const path = `torrents/${item.id}/limits`
  const { loaded } = useLoaded(() => getJson<Limits>(path), { key: path })
  return (
    <WhenLoaded loaded={loaded}>
      {(limits) => <LimitsForm key={JSON.stringify(limits)} path={path} limits={limits} />}
    </WhenLoaded>
  )
}

function LimitsForm({ path, limits }: { path: string; limits: Limits }): JSX.Element {
  const [down, setDown] = useState(rateInput(limits.download_bps))
  const [up, setUp] = useState(rateInput(limits.upload_bps))
  const [downBps, upBps] = [parseRate(down), parseRate(up)]
  const isValid = downBps !== undefined && upBps !== undefined
  return (
    <form
      class="limits"
      onSubmit={(event) => {
        event.preventDefault()
        const body = { download_bps: downBps, upload_bps: upBps }
        if (isValid) void attempt(() => sendJson('POST', path, body), t('saved'))
      }}
    >
      <label class="field">
        {t('limits.down')}
        <input
          type="text"
          value={down}
          placeholder={t('limits.none')}
          aria-invalid={downBps === undefined}
          aria-describedby="limits-hint"
          onInput={({ currentTarget }) => setDown(currentTarget.value)}
        />
      </label>
      <label class="field">
        {t('limits.up')}
        <input
          type="text"
          value={up}
          placeholder={t('limits.none')}
          aria-invalid={upBps === undefined}
          aria-describedby="limits-hint"
          onInput={({ currentTarget }) => setUp(currentTarget.value)}
        />
      </label>
      <p id="limits-hint" class={isValid ? 'hint' : 'problem'}>
        {t('limits.hint')}
      </p>
      <button type="submit" class="primary" disabled={!isValid}>
        {t('save')}
      </button>
    </form>
  )
}
