import { join } from 'node:path'
import { AtomicFile } from '../atomic-file.ts'
import type { Config } from '../config/config.ts'
import { fileUpdateIdStore } from '../library/changes/update-id.ts'
import type { FactsSource } from '../library/facts/facts-source.ts'
import { Library } from '../library/library.ts'
import { ImageFetcher } from '../library/pictures/image-fetcher.ts'
import { PictureCache } from '../library/pictures/picture-cache.ts'
import { PictureFinder } from '../library/pictures/picture-finder.ts'
import { Pictures } from '../library/pictures/pictures.ts'
import { PlaybackStore } from '../library/playback/playback-store.ts'
import { FactsStore } from '../library/probing/facts-store.ts'
import { Prober } from '../library/probing/prober.ts'
import { SubtitleCatalog } from '../library/subtitles/subtitle-catalog.ts'
import type { Logger } from '../log.ts'
import { PictureMaker } from '../media/pictures/picture-maker.ts'
import { MediaProbe } from '../media/probe/media-probe.ts'
import type { InfoHash } from '../torrents/metainfo/info-hash.ts'
import type { Session, Torrent } from '../torrents/surface/surface.ts'
import type { CloseStack } from './close-stack.ts'

export interface LibraryOptions {
  readonly config: Config
  readonly session: Session
  /** Where it keeps what it knows; it exists. */
  readonly stateFolder: string
  readonly closing: CloseStack
  readonly log: Logger
}

export interface LibraryParts {
  readonly library: Library
  readonly facts: FactsSource
  /** Finds the subtitles of films. */
  readonly subtitles: SubtitleCatalog
  /** `null` where this machine can make none. */
  readonly pictures: Pictures | null
}

/** What TVs and the page see: the tree of files, what the files are, and pictures of them. */
export async function startLibrary(options: LibraryOptions): Promise<LibraryParts> {
  const { config, session, stateFolder, closing, log } = options
  const prober = await startProbing(options)
  const facts: FactsSource = prober
  const subtitles = new SubtitleCatalog(config.subtitleLanguages, facts)
  const libraryLog = log.child({ name: 'library' })
  const watched = new AtomicFile(join(stateFolder, 'watched.json'), { holds: 'what was watched' })
  const playbacks = await PlaybackStore.open(watched, libraryLog)
  closing.push('what was watched', () => playbacks.close())
  const updateIds = fileUpdateIdStore(join(stateFolder, 'update-id'))
  const library = await Library.open({
    ...{ source: session, updateIds, playbacks, subtitles, facts },
    log: libraryLog,
  })
  closing.push('library', async () => library.close())
  return { library, facts, subtitles, pictures: await startPictures(options, { library, prober }) }
}

/** Finds out what the files are, whenever nobody's film needs the bytes more. */
async function startProbing({
  config,
  session,
  stateFolder,
  closing,
  log,
}: LibraryOptions): Promise<Prober> {
  const probeLog = log.child({ name: 'probe' })
  const probe = new MediaProbe()
  closing.push('probe', () => probe.close())
  const prober = new Prober({
    ...{ source: session, probe, starvation: session, onDemand: config.onDemand },
    store: new FactsStore(join(stateFolder, 'facts'), probeLog),
    log: probeLog,
  })
  closing.push('prober', () => prober.close())
  await prober.start()
  return prober
}

const MEBIBYTE = 1024 * 1024

async function startPictures(
  { config, session, stateFolder, closing, log }: LibraryOptions,
  { library, prober }: { readonly library: Library; readonly prober: Prober },
): Promise<Pictures | null> {
  const pictureLog = log.child({ name: 'pictures' })
  if (!PictureMaker.isAvailable) {
    pictureLog.warn({}, 'no pictures: there is no libvips for this machine')
    return null
  }
  const maker = new PictureMaker()
  const torrentOf = (infoHash: InfoHash): Torrent | undefined => session.get(infoHash)
  const cache = await PictureCache.open({
    folder: join(stateFolder, 'pictures'),
    maxBytes: config.pictureCacheMebibytes * MEBIBYTE,
    now: () => Date.now(),
    log: pictureLog,
  })
  const fetcher = new ImageFetcher({ torrentOf, starvation: session, onDemand: config.onDemand })
  const pictures = new Pictures({
    ...{ fetcher, maker, cache, now: () => performance.now(), log: pictureLog },
    finder: new PictureFinder({ library, torrentOf, facts: prober }),
    onBroken: (infoHash, fileIndex) => void prober.noteBroken(infoHash, fileIndex),
  })
  closing.push('pictures', () => pictures.close())
  return pictures
}
