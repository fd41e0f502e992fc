import type { JSX } from 'preact'
import { getJson, request } from '../api/request.ts'
import type { TorrentDetails } from '../api/torrent-types.ts'
import { nextAfter } from '../logic/library-titles.ts'
import { routeHash } from '../logic/routes.ts'
import { Heading } from '../parts/heading.tsx'
import { Icon } from '../parts/icon.tsx'
import { openInPlayer } from '../parts/open-in-player.ts'
import { PlayOnButton } from '../parts/play-on-button.tsx'
import { Progress } from '../parts/progress.tsx'
import { libraryState, placeOf } from '../state/library.ts'
import { mediaDialog } from '../state/media-dialog.ts'
import { mediaFileIn, mediaFileOf } from '../state/media-file.ts'
import { reasonOf } from '../state/notices.ts'
import { useLoaded } from '../state/use-loaded.ts'
import { t } from '../text/text.ts'
import { type Playable, Player } from './play/player.tsx'

interface PlayViewProps {
  readonly infoHash: string
  readonly fileIndex: number
}

/** One file, played here. */
export function PlayView({ infoHash, fileIndex }: PlayViewProps): JSX.Element {
  const place = placeOf(infoHash, fileIndex)
  if (place !== undefined) {
    const { title, entry } = place
    const next = nextAfter(title, infoHash, fileIndex)
    return (
      <Screen
        playable={{
          media: mediaFileOf(entry),
          facts: entry.file,
          isKept: true,
          poster: entry.file.poster,
        }}
        back={{ kind: 'title', id: title.id }}
        next={next === undefined ? null : mediaFileOf(next)}
      />
    )
  }
  if (libraryState.value === 'loading') {
    return (
      <>
        <Heading title={t('play')} />
        <Progress label={t('loading')} share={null} />
      </>
    )
  }
  return <UnlistedFile infoHash={infoHash} fileIndex={fileIndex} />
}

/** A file that the library does not show, or that is played where there is no library. */
function UnlistedFile({ infoHash, fileIndex }: PlayViewProps): JSX.Element {
  const { loaded } = useLoaded(() => lookUp(infoHash, fileIndex), {
    key: `${infoHash} ${fileIndex}`,
  })
  if (loaded.kind === 'there') {
    return <Screen playable={loaded.value} back={{ kind: 'torrent', id: infoHash }} next={null} />
  }
  return (
    <>
      <Heading title={t('play')} />
      {loaded.kind === 'loading' && <Progress label={t('loading')} share={null} />}
      {loaded.kind === 'missing' && <p class="empty">{t('missing')}</p>}
      {loaded.kind === 'failed' && <p class="empty">{reasonOf(loaded.error)}</p>}
    </>
  )
}

async function lookUp(infoHash: string, fileIndex: number): Promise<Playable> {
  const { files } = await getJson<TorrentDetails>(`torrents/${infoHash}`)
  const media = mediaFileIn(infoHash, fileIndex, files?.[fileIndex]?.components ?? [])
  const head = await request(media.streamUrl, { method: 'HEAD' })
  const mime = head.headers.get('content-type')?.split(';')[0] ?? null
  return { media, facts: { mime, audio: [], resolution: null }, isKept: false, poster: null }
}

interface ScreenProps {
  readonly playable: Playable
  readonly back: Parameters<typeof routeHash>[0]
  readonly next: ReturnType<typeof mediaFileOf> | null
}

function Screen({ playable, back, next }: ScreenProps): JSX.Element {
  const { media } = playable
  return (
    <>
      <Heading title={media.title}>
        <a class="button" href={routeHash(back)}>
          <Icon name="back" size={18} /> {t('back')}
        </a>
      </Heading>
      <Player playable={playable} next={next} />
      <div class="actions">
        <PlayOnButton class="elsewhere" media={media} />
        <button type="button" class="elsewhere" onClick={() => openInPlayer([media], media.title)}>
          <Icon name="play" size={18} /> {t('share.vlc')}
        </button>
        <button
          type="button"
          onClick={() => {
            mediaDialog.value = { kind: 'share', media }
          }}
        >
          <Icon name="qr" size={18} /> {t('share.short')}
        </button>
        {next !== null && (
          <a
            class="button"
            href={routeHash({ kind: 'play', infoHash: next.infoHash, fileIndex: next.fileIndex })}
          >
            <Icon name="next" size={18} /> {next.title}
          </a>
        )}
      </div>
    </>
  )
}
