import type { JSX } from 'preact'
import { getJson } from '../api/request.ts'
import type { Setting } from '../api/server-types.ts'
import { settingGroups } from '../logic/setting-groups.ts'
import { Heading } from '../parts/heading.tsx'
import { Progress } from '../parts/progress.tsx'
import { reasonOf } from '../state/notices.ts'
import { chooseLanguage, LANGUAGES, language, THEMES, theme } from '../state/preferences.ts'
import { useLoaded } from '../state/use-loaded.ts'
import { languageName, t } from '../text/text.ts'
import { SettingForm } from './settings/setting-form.tsx'

/** How this page looks, and what of the server changes while it runs. */
export function SettingsView(): JSX.Element {
  return (
    <>
      <Heading title={t('nav.settings')} />
      <section aria-labelledby="this-page">
        <h2 id="this-page">{t('settings.page')}</h2>
        <div class="settings-grid">
          <label class="field">
            {t('settings.language')}
            <select
              value={language.value}
              onChange={({ currentTarget: { value } }) =>
                chooseLanguage(LANGUAGES.find((known) => known === value) ?? 'en')
              }
            >
              {LANGUAGES.map((tag) => (
                <option key={tag} value={tag}>
                  {languageName(tag)}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            {t('settings.theme')}
            <select
              value={theme.value}
              onChange={({ currentTarget: { value } }) => {
                theme.value = THEMES.find((known) => known === value) ?? 'system'
              }}
            >
              {THEMES.map((name) => (
                <option key={name} value={name}>
                  {t(`theme.${name}`)}
                </option>
              ))}
            </select>
          </label>
        </div>
      </section>
      <ServerSettings />
    </>
  )
}

function ServerSettings(): JSX.Element | null {
  const { loaded, reload } = useLoaded(() => getJson<{ settings: Setting[] }>('settings'), {
    key: 'settings',
  })
  if (loaded.kind === 'loading') return <Progress label={t('loading')} share={null} />
  if (loaded.kind === 'missing') return null
  if (loaded.kind === 'failed') return <p class="problem">{reasonOf(loaded.error)}</p>
  return (
    <section aria-labelledby="server">
      <h2 id="server">{t('settings.server')}</h2>
      {settingGroups(loaded.value.settings).map(({ name, settings }) => (
        <section key={name} aria-labelledby={`settings-${name}`}>
          <h3 id={`settings-${name}`}>{t(`settings.group.${name}`)}</h3>
          <ul class="cards">
            {settings.map((setting) => (
              <li key={setting.name} class="card">
                <SettingForm setting={setting} onSaved={reload} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </section>
  )
}
