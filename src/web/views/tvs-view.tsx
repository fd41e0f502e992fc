import type { JSX } from 'preact'
import type { ControlPoint, Renderer, RendererRule } from '../api/renderer-types.ts'
import { getJson, sendJson, serverUrl } from '../api/request.ts'
import { epochMs } from '../logic/times.ts'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import { Progress } from '../parts/progress.tsx'
import { WorkButton } from '../parts/work-button.tsx'
import { controlPointsNews, renderers } from '../state/live.ts'
import { attempt, reasonOf } from '../state/notices.ts'
import { searchRenderers, titleOn } from '../state/remote.ts'
import { useLoaded } from '../state/use-loaded.ts'
import { ago, t } from '../text/text.ts'
import { errorText } from '../text/told-error.ts'

interface ControlPoints {
  readonly control_points: readonly ControlPoint[]
  readonly rules: readonly RendererRule[]
}

/** What can be played to, and who has looked at the library. */
export function TvsView(): JSX.Element {
  return (
    <>
      <Heading title={t('nav.tvs')}>
        {renderers.value !== null && (
          <WorkButton onWork={searchRenderers}>
            <Icon name="search" size={18} /> {t('tvs.search')}
          </WorkButton>
        )}
      </Heading>
      {renderers.value !== null && <Renderers known={renderers.value} />}
      <Browsers />
    </>
  )
}

function Renderers({ known }: { known: readonly Renderer[] }): JSX.Element {
  return (
    <section aria-labelledby="renderers">
      <h2 id="renderers">{t('tvs.renderers')}</h2>
      {known.length === 0 && <p class="empty">{t('tvs.renderers.none')}</p>}
      <ul class="cards">
        {known.map((renderer) => (
          <li key={renderer.id} class="card with-icon">
            {renderer.icon === null ? (
              <Icon name="tv" size={40} />
            ) : (
              <img src={serverUrl(renderer.icon)} alt="" width="40" height="40" />
            )}
            <div>
              <p>
                <strong>{renderer.name}</strong>
              </p>
              <p class="muted">
                {[renderer.manufacturer, renderer.model, renderer.address]
                  .filter(Boolean)
                  .join(' · ')}
              </p>
              <p class="muted">
                {t(`playback.${renderer.playback.state}`)}
                {renderer.playback.title !== null && ` · ${titleOn(renderer) ?? ''}`} ·{' '}
                {t('tvs.seen', { ago: ago(epochMs(renderer.last_seen)) })}
              </p>
              {renderer.problem !== null && (
                <p class="problem">{errorText(renderer.problem_code, renderer.problem)}</p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Browsers(): JSX.Element {
  const { loaded, reload } = useLoaded(() => getJson<ControlPoints>('control_points'), {
    key: 'control points',
    tick: controlPointsNews.value,
  })
  switch (loaded.kind) {
    case 'loading':
      return <Progress label={t('loading')} share={null} />
    case 'missing':
      return <p class="empty">{t('tvs.no.dlna')}</p>
    case 'failed':
      return <p class="empty">{reasonOf(loaded.error)}</p>
    case 'there':
      return <BrowserList points={loaded.value} onChanged={reload} />
  }
}

interface BrowserListProps {
  readonly points: ControlPoints
  readonly onChanged: () => void
}

function BrowserList({ points, onChanged }: BrowserListProps): JSX.Element {
  const { control_points: known, rules } = points
  const choose = async (address: string, rule: string | null): Promise<void> => {
    const path = `control_points/${encodeURIComponent(address)}`
    await attempt(() => sendJson('PUT', path, { rule }), t('saved'))
    onChanged()
  }
  return (
    <section aria-labelledby="control-points">
      <h2 id="control-points">{t('tvs.browsers')}</h2>
      <p class="hint">{t('tvs.browsers.hint')}</p>
      {known.length === 0 && <p class="empty">{t('tvs.browsers.none')}</p>}
      <ul class="cards">
        {known.map((point) => (
          <li key={point.address} class="card">
            <p>
              <strong>{point.friendly_name ?? point.address}</strong>{' '}
              <span class="muted">{point.address}</span>
            </p>
            {point.user_agent !== null && <p class="muted break">{point.user_agent}</p>}
            <p>
              {t('tvs.rule', { rule: ruleName(point.rule) })}
              <br />
              <span class="muted">{t(`why.${point.why_code}`)}</span>
            </p>
            <p class="muted">{t('tvs.seen', { ago: ago(epochMs(point.last_seen)) })}</p>
            <label class="field">
              {t('tvs.override')}
              <select
                value={point.override ?? ''}
                onChange={({ currentTarget: { value } }) =>
                  void choose(point.address, value === '' ? null : value)
                }
              >
                <option value="">{t('tvs.automatic')}</option>
                {rules.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Families of devices have names; only what is in none of them has a word. */
function ruleName({ id, name }: Pick<RendererRule, 'id' | 'name'>): string {
  return id === 'default' ? t('rule.default') : name
}
