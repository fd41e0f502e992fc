import type { JSX } from 'preact'
import { Icon } from '../../parts/icon.tsx'
import { notify } from '../../state/notices.ts'
import { t } from '../../text/text.ts'

/** Has the browser bring magnet links here; browsers allow it on safe addresses alone. */
export function MagnetHandler(): JSX.Element {
  if (!isSecureContext || !('registerProtocolHandler' in navigator)) {
    return <p class="hint">{t('add.handler.unsafe')}</p>
  }
  const register = (): void => {
    try {
      const url = new URL('./?add=%s', document.baseURI).href
      navigator.registerProtocolHandler('magnet', url)
      notify('done', t('add.handler.asked'))
    } catch (error) {
      notify('failed', String(error))
    }
  }
  return (
    <p>
      <button type="button" onClick={register}>
        <Icon name="open" size={18} /> {t('add.handler')}
      </button>
    </p>
  )
}
