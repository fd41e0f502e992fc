import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { LibraryItem } from '../api/library-types.ts'
import {
  continueWatching,
  isPlayable,
  playedInOrder,
  type Season,
  seasonsOf,
  type Title,
  type TitleFile,
} from '../logic/library-titles.ts'
import { routeHash } from '../logic/routes.ts'
import { clockTime } from '../logic/times.ts'
import { Cover } from '../parts/cover.tsx'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import { MediaButtons } from '../parts/media-buttons.tsx'
import { openInPlayer } from '../parts/open-in-player.ts'
import { PlayOnButton } from '../parts/play-on-button.tsx'
import { Progress } from '../parts/progress.tsx'
import { VirtualList } from '../parts/virtual-list.tsx'
import { libraryState, titles } from '../state/library.ts'
import { episodeLabel, mediaFileOf, ownTitle } from '../state/media-file.ts'
import { torrentById } from '../state/torrents.ts'
import { bytes, percent, t } from '../text/text.ts'
import { iconOf } from './titles/cards.tsx'

/** A film, or a series with its seasons. */
export function TitleView({ id }: { id: string }): JSX.Element {
  const title = titles.value.find((known) => known.id === id)
  if (title !== undefined) return <KnownTitle title={title} />
  return (
    <>
      <Heading title={t('nav.library')} />
      {libraryState.value === 'loading' ? (
        <Progress label={t('loading')} share={null} />
      ) : (
        <p class="empty">
          {t('title.unknown')} <a href={routeHash({ kind: 'library' })}>{t('nav.library')}</a>
        </p>
      )}
    </>
  )
}

function KnownTitle({ title }: { title: Title }): JSX.Element {
  const [continued] = continueWatching([title])
  const first = continued?.entry ?? playedInOrder(title)[0]
  const torrents = [...new Map(title.files.map(({ item }) => [item.torrent_id, item])).values()]
  const size = title.files.reduce((sum, { file }) => sum + file.length, 0)
  return (
    <>
      <div class="title-head">
        <Cover title={title.title} poster={title.poster} icon={iconOf(title.kind)} />
        <div>
          <Heading title={title.title} />
          <p class="muted">
            {[
              title.year === null ? null : String(title.year),
              t(`kind.${title.kind}.one`),
              bytes(size),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          {first !== undefined && <MainActions title={title} entry={first} />}
          <p class="hint">
            {torrents.map((item) => (
              <a
                key={item.torrent_id}
                class="break"
                href={routeHash({ kind: 'torrent', id: String(item.torrent_id) })}
              >
                {t('title.torrent', { name: torrentName(item) })}
              </a>
            ))}
          </p>
        </div>
      </div>
      <Episodes title={title} />
    </>
  )
}

function torrentName({ torrent_id: id, title }: LibraryItem): string {
  return (id === null ? undefined : torrentById.get(id)?.value.name) ?? title
}

function MainActions({ title, entry }: { title: Title; entry: TitleFile }): JSX.Element {
  const media = mediaFileOf(entry)
  const { infoHash, fileIndex, resumeS } = media
  const isResumed = resumeS !== null && resumeS > 0
  return (
    <div class="actions">
      <a class="button primary" href={routeHash({ kind: 'play', infoHash, fileIndex })}>
        <Icon name="play" size={18} />{' '}
        {isResumed ? t('play.resume', { time: clockTime(resumeS) }) : t('play')}
        {title.kind === 'series' && ` · ${episodeLabel(entry)}`}
      </a>
      <PlayOnButton media={media} />
      <button
        type="button"
        onClick={() => openInPlayer(playedInOrder(title).map(mediaFileOf), title.title)}
      >
        <Icon name="list" size={18} /> {t('playlist')}
      </button>
    </div>
  )
}

type Row =
  | { readonly kind: 'season'; readonly season: Season }
  | { readonly kind: 'file'; readonly entry: TitleFile }

const ROW_HEIGHT = 72

/** Under a heading for each season, where there is more than one or it has a number. */
function Episodes({ title }: { title: Title }): JSX.Element {
  const rows = useMemo(() => {
    const seasons = seasonsOf(title)
    const isPlain = seasons.length === 1 && seasons[0]?.number === null
    return seasons.flatMap((season): Row[] => [
      ...(isPlain ? [] : [{ kind: 'season' as const, season }]),
      ...season.episodes.map((entry) => ({ kind: 'file' as const, entry })),
    ])
  }, [title])
  return (
    <VirtualList
      label={title.title}
      count={rows.length}
      rowHeight={ROW_HEIGHT}
      render={(index) => {
        const row = rows[index]
        if (row === undefined) return null
        return row.kind === 'season' ? (
          <SeasonRow season={row.season} title={title} />
        ) : (
          <EpisodeRow entry={row.entry} />
        )
      }}
    />
  )
}

function SeasonRow({ season, title }: { season: Season; title: Title }): JSX.Element {
  const name =
    season.number === null ? t('season.none') : t('season', { season: String(season.number) })
  const playable = season.episodes.filter(({ file }) => isPlayable(file))
  return (
    <div class="season-row">
      <h2>{name}</h2>
      {playable.length > 0 && (
        <button
          type="button"
          aria-label={t('playlist.season')}
          onClick={() => openInPlayer(playable.map(mediaFileOf), `${title.title} ${name}`)}
        >
          <Icon name="list" size={18} /> {t('playlist')}
        </button>
      )}
    </div>
  )
}

function EpisodeRow({ entry }: { entry: TitleFile }): JSX.Element {
  const { file } = entry
  const { duration_s: duration, resume_s: resume, watched, finished, resolution } = file
  const label = entry.item.kind === 'series' ? episodeLabel(entry) : ownTitle(file)
  const share = watched ? 1 : resume !== null && duration ? resume / duration : null
  return (
    <div class="episode-row">
      <div class="episode-text">
        <span class="one-line" title={file.name}>
          {watched && (
            <>
              <Icon name="check" size={16} />
              <span class="unseen">{t('watched')}</span>
            </>
          )}{' '}
          {label}
        </span>
        <span class="muted one-line">
          {[
            duration !== null && clockTime(duration),
            resolution,
            bytes(file.length),
            finished < 1 && t('title.here', { share: percent(finished) }),
            file.subtitles.length > 0 && t('subtitles.count', { count: file.subtitles.length }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
        {share !== null && (
          <Progress label={t('library.watched.to', { title: label })} share={share} />
        )}
      </div>
      {(isPlayable(file) || file.mime?.startsWith('image/')) && (
        <MediaButtons media={mediaFileOf(entry)} />
      )}
    </div>
  )
}
