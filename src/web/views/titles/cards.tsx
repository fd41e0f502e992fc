import type { JSX } from 'preact'
import type { LibraryKind } from '../../api/library-types.ts'
import type { Continued, Title } from '../../logic/library-titles.ts'
import { routeHash } from '../../logic/routes.ts'
import { Cover } from '../../parts/cover.tsx'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { Progress } from '../../parts/progress.tsx'
import { episodeLabel } from '../../state/media-file.ts'
import { t } from '../../text/text.ts'

const KIND_ICONS: Readonly<Record<LibraryKind, IconName>> = {
  film: 'film',
  series: 'tv',
  audio: 'music',
  image: 'picture',
  other: 'file',
}

export function iconOf(kind: LibraryKind): IconName {
  return KIND_ICONS[kind]
}

/** A title with its cover; it leads to all that is in it. */
export function TitleCard({ title }: { title: Title }): JSX.Element {
  const playable = title.files.filter(({ file }) => file.mime !== null)
  const isWatched = playable.length > 0 && playable.every(({ file }) => file.watched)
  return (
    <a class="title-card" href={routeHash({ kind: 'title', id: title.id })}>
      <Cover title={title.title} poster={title.poster} icon={iconOf(title.kind)} />
      {isWatched && (
        <span class="badge">
          <Icon name="check" size={16} />
          <span class="unseen">{t('watched')}</span>
        </span>
      )}
      <span class="card-name one-line">{title.title}</span>
      <span class="muted one-line">{subtitleOf(title)}</span>
    </a>
  )
}

function subtitleOf({ kind, year, files }: Title): string {
  const parts = [year === null ? null : String(year)]
  if (kind === 'series') {
    const episodes = files.filter(({ file }) => file.mime?.startsWith('video/')).length
    parts.push(t('episodes', { count: episodes }))
  } else if (files.length > 1) parts.push(t('file.count', { count: files.length }))
  else parts.push(t(`kind.${kind}.one`))
  return parts.filter(Boolean).join(' · ')
}

/** What somebody is in the middle of; it goes on where it was left. */
export function ContinueCard({
  continued: { title, entry },
}: {
  continued: Continued
}): JSX.Element {
  const { item, file } = entry
  const share = file.resume_s !== null && file.duration_s ? file.resume_s / file.duration_s : 0
  const to = { kind: 'play', infoHash: item.info_hash, fileIndex: file.file_idx } as const
  return (
    <a class="title-card wide" href={routeHash(to)}>
      <Cover title={title.title} poster={file.poster ?? title.poster} icon={iconOf(title.kind)} />
      <span class="card-play">
        <Icon name="play" size={28} />
      </span>
      {share > 0 && (
        <Progress label={t('library.watched.to', { title: title.title })} share={share} />
      )}
      <span class="card-name one-line">{title.title}</span>
      <span class="muted one-line">
        {title.kind === 'series' ? episodeLabel(entry) : t('library.resume')}
      </span>
    </a>
  )
}
