import type { JSX } from 'preact'
import { routeHash } from '../logic/routes.ts'
import { t } from '../text/text.ts'
import { Icon } from './icon.tsx'

/** What a newcomer sees, and what to do about it. */
export function NothingYet({ text }: { text: string }): JSX.Element {
  return (
    <div class="nothing-yet">
      <Icon name="film" size={48} />
      <p>{text}</p>
      <a class="button primary" href={routeHash({ kind: 'add', source: null })}>
        <Icon name="add" size={18} /> {t('torrents.none.add')}
      </a>
    </div>
  )
}
