import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { LibraryKind } from '../api/library-types.ts'
import { continueWatching, filteredTitles, type TitleOrder } from '../logic/library-titles.ts'
import { Choice } from '../parts/choice.tsx'
import { Heading } from '../parts/heading.tsx'
import { NothingYet } from '../parts/nothing-yet.tsx'
import { ProbingBar } from '../parts/probing-bar.tsx'
import { Progress } from '../parts/progress.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { libraryState, titles } from '../state/library.ts'
import { t } from '../text/text.ts'
import { ContinueCard, TitleCard } from './titles/cards.tsx'
import { TitleGrid } from './titles/title-grid.tsx'
import { TorrentsView } from './torrents-view.tsx'

const KINDS: readonly (LibraryKind | 'all')[] = ['all', 'film', 'series', 'audio', 'image', 'other']
const ORDERS: readonly TitleOrder[] = ['added', 'title', 'year']

/** Titles in a row of its own. */
const ROW_TITLES = 20

/** What there is to watch. */
export function LibraryView(): JSX.Element {
  const search = useSignal('')
  const kind = useSignal<LibraryKind | 'all'>('all')
  const order = useSignal<TitleOrder>('title')
  const onlyUnwatched = useSignal(false)
  const shown = useComputed(() =>
    filteredTitles(titles.value, {
      search: search.value,
      kind: kind.value,
      order: order.value,
      onlyUnwatched: onlyUnwatched.value,
    }),
  )
  const continued = useComputed(() => continueWatching(titles.value).slice(0, ROW_TITLES))
  const added = useComputed(() =>
    titles.value.toSorted((a, b) => b.addedAt - a.addedAt).slice(0, ROW_TITLES),
  )
  if (libraryState.value === 'missing') return <TorrentsView />
  const isPlain = search.value.trim() === '' && kind.value === 'all' && !onlyUnwatched.value
  const isEmpty = titles.value.length === 0
  return (
    <>
      <Heading title={t('nav.library')} />
      <div class="filters" hidden={isEmpty && libraryState.value === 'there'}>
        <SearchField label={t('library.search')} text={search} />
        <Choice
          label={t('library.kind')}
          values={KINDS}
          textOf={(one) => t(`kind.${one}`)}
          chosen={kind}
        />
        <Choice
          label={t('order')}
          values={ORDERS}
          textOf={(one) => t(`order.${one}`)}
          chosen={order}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={onlyUnwatched.value}
            onChange={({ currentTarget }) => {
              onlyUnwatched.value = currentTarget.checked
            }}
          />
          {t('library.unwatched')}
        </label>
      </div>
      {libraryState.value === 'loading' && <Progress label={t('loading')} share={null} />}
      <ProbingBar />
      {libraryState.value === 'failed' && <p class="empty">{t('library.failed')}</p>}
      {libraryState.value === 'there' && isEmpty && <NothingYet text={t('library.none')} />}
      {isPlain && continued.value.length > 0 && (
        <Shelf title={t('library.continue')}>
          {continued.value.map((entry) => (
            <li key={entry.title.id}>
              <ContinueCard continued={entry} />
            </li>
          ))}
        </Shelf>
      )}
      {isPlain && added.value.length > 5 && (
        <Shelf title={t('library.added')}>
          {added.value.map((title) => (
            <li key={title.id}>
              <TitleCard title={title} />
            </li>
          ))}
        </Shelf>
      )}
      {!isEmpty && (
        <section aria-labelledby="all-titles">
          <h2 id="all-titles">{t('library.titles', { count: shown.value.length })}</h2>
          {shown.value.length === 0 && <p class="empty">{t('search.nothing')}</p>}
          <TitleGrid titles={shown.value} />
        </section>
      )}
    </>
  )
}

function Shelf({ title, children }: { title: string; children: JSX.Element[] }): JSX.Element {
  return (
    <section class="shelf" aria-label={title}>
      <h2>{title}</h2>
      <ul>{children}</ul>
    </section>
  )
}
