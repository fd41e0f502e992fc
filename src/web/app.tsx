import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Route } from './logic/routes.ts'
import { DropZone } from './parts/drop-zone.tsx'
import { MediaDialogs } from './parts/media-dialogs.tsx'
import { Navigation } from './parts/navigation.tsx'
import { Notices } from './parts/notices.tsx'
import { NowPlaying } from './parts/now-playing.tsx'
import { route } from './state/navigation.ts'
import { t } from './text/text.ts'
import { AddView } from './views/add-view.tsx'
import { LibraryView } from './views/library-view.tsx'
import { LogView } from './views/log-view.tsx'
import { MoreView } from './views/more-view.tsx'
import { PlayView } from './views/play-view.tsx'
import { SettingsView } from './views/settings-view.tsx'
import { StreamsView } from './views/streams-view.tsx'
import { TitleView } from './views/title-view.tsx'
import { TorrentView } from './views/torrent-view.tsx'
import { TorrentsView } from './views/torrents-view.tsx'
import { TvsView } from './views/tvs-view.tsx'

/** The whole page: where to go, what is shown, what is playing on TVs, and what has just happened. */
export function App(): JSX.Element {
  const main = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  const current = route.value
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false
      return
    }
    scrollTo(0, 0)
    main.current?.focus({ preventScroll: true })
  }, [current])
  return (
    <>
      <button type="button" class="skip-link" onClick={() => main.current?.focus()}>
        {t('nav.skip')}
      </button>
      <Navigation />
      <main id="main" ref={main} tabIndex={-1}>
        <View route={current} />
      </main>
      <NowPlaying />
      <MediaDialogs />
      <DropZone />
      <Notices />
    </>
  )
}

function View({ route: shown }: { route: Route }): JSX.Element {
  switch (shown.kind) {
    case 'library':
      return <LibraryView />
    case 'title':
      return <TitleView key={shown.id} id={shown.id} />
    case 'play':
      return (
        <PlayView
          key={`${shown.infoHash} ${shown.fileIndex}`}
          infoHash={shown.infoHash}
          fileIndex={shown.fileIndex}
        />
      )
    case 'add':
      return <AddView key={shown.source} source={shown.source} />
    case 'torrents':
      return <TorrentsView />
    case 'torrent':
      return <TorrentView key={shown.id} id={shown.id} />
    case 'streams':
      return <StreamsView />
    case 'tvs':
      return <TvsView />
    case 'settings':
      return <SettingsView />
    case 'log':
      return <LogView />
    case 'more':
      return <MoreView />
  }
}
