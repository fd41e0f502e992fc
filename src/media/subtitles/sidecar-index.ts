import { mediaTypeOf } from '../media-type.ts'
import { isTrait, parseTraits, type SubtitleTraits } from './sidecar-name.ts'
import type { Steps } from './steps.ts'

/** A file of a torrent, as far as finding subtitles goes. */
export interface NamedFile {
  readonly index: number
  readonly components: readonly string[]
  /** Bytes. */
  readonly length: number
}

/** A file of subtitles that belongs to a video. */
export interface Sidecar extends SubtitleTraits {
  readonly fileIndex: number
}

/** Larger files are no subtitles, or hold the fonts of a whole series. */
export const LARGEST_SIDECAR_BYTES = 16 * 1024 * 1024
/** More for one video are not offered. */
const MOST_SIDECARS = 32
/** Words between dots at the end of a name that may say more about the subtitles. */
const MOST_TRAITS = 4
const STEP_FILES = 128

const SUBTITLE_FOLDER = /^(subs?|subtitles?|vobsubs?|captions?)$/i
const SAMPLE = /(^|[\W_])sample([\W_]|$)/i

/**
 * Which files of a torrent are the subtitles of which video. They stand beside it, or in a folder
 * Subs or Subtitles beside it, under the video's name with or without words about them (`Film.srt`,
 * `Film.en.srt`, `Film.forced.ger.srt`), or under any name (`2_English.srt`) in a folder with the
 * video's name. Where a folder has one video only, all subtitles beside it are that one's.
 */
export class SidecarIndex {
  /** Indices of subtitles, by the folder and the name of the video that they are for. */
  readonly #byVideo = new Map<string, number[]>()
  readonly #byFolder = new Map<string, number[]>()
  readonly #videoCounts = new Map<string, number>()
  readonly #files: readonly NamedFile[]

  /**
   * @param files - All files of the torrent, by index.
   * @param isHidden - Whether nobody is shown a video: subtitles are for those that are.
   */
  static *grow<File extends NamedFile>(
    files: readonly File[],
    isHidden: (file: File) => boolean = () => false,
  ): Steps<SidecarIndex> {
    const index = new SidecarIndex(files)
    for (const [place, file] of files.entries()) {
      if (place % STEP_FILES === 0) yield
      try {
        index.#place(file, () => isHidden(file))
      } catch {
        // Whoever lists the files says what is wrong with one; the others are not affected.
      }
    }
    return index
  }

  private constructor(files: readonly NamedFile[]) {
    this.#files = files
  }

  /** In the order of their indices. */
  sidecarsOf({ components }: Pick<NamedFile, 'components'>): readonly Sidecar[] {
    const folder = keyOf(components.slice(0, -1))
    const stem = stemOf(components.at(-1) ?? '')
    const isOnlyVideo = this.#videoCounts.get(folder) === 1
    const found = new Set([
      ...(this.#byVideo.get(videoKey(folder, stem)) ?? []),
      ...((isOnlyVideo && this.#byFolder.get(folder)) || []),
    ])
    return [...found].sort((a, b) => a - b).map((fileIndex) => this.#sidecar(fileIndex, stem))
  }

  #sidecar(fileIndex: number, videoStem: string): Sidecar {
    const stem = stemOf(this.#files[fileIndex]?.components.at(-1) ?? '')
    const isPrefixed = stem.toLowerCase().startsWith(videoStem.toLowerCase())
    return {
      fileIndex,
      ...parseTraits(isPrefixed ? stem.slice(videoStem.length) : lastWords(stem)),
    }
  }

  #place({ index, components, length }: NamedFile, isHidden: () => boolean): void {
    const name = components.at(-1) ?? ''
    const kind = mediaTypeOf(name)?.kind
    const folders = components.slice(0, -1)
    if (kind === 'video' && !SAMPLE.test(name) && !isHidden()) {
      const folder = keyOf(folders)
      this.#videoCounts.set(folder, (this.#videoCounts.get(folder) ?? 0) + 1)
    }
    if (kind !== 'subtitle' || length === 0 || length > LARGEST_SIDECAR_BYTES) return
    const last = folders.at(-1)
    const isInSubs = last !== undefined && SUBTITLE_FOLDER.test(last)
    const beside = keyOf(isInSubs ? folders.slice(0, -1) : folders)
    append(this.#byFolder, beside, index)
    for (const stem of videoStems(stemOf(name)))
      append(this.#byVideo, videoKey(beside, stem), index)
    if (!isInSubs && last !== undefined) this.#placeUnder(last, folders.slice(0, -1), index)
  }

  /** In a folder that has the name of a video, which is beside it or beside the folder Subs around it. */
  #placeUnder(stem: string, folders: readonly string[], index: number): void {
    append(this.#byVideo, videoKey(keyOf(folders), stem), index)
    if (!SUBTITLE_FOLDER.test(folders.at(-1) ?? '')) return
    const beside = keyOf(folders.slice(0, -1))
    append(this.#byVideo, videoKey(beside, stem), index)
    append(this.#byFolder, beside, index)
  }
}

/** `Film.en.forced` may be for `Film`, for `Film.en`, or for a film of that very name. */
function videoStems(stem: string): readonly string[] {
  const stems = [stem]
  let rest = stem
  for (let count = 0; count < MOST_TRAITS; count++) {
    const [, shorter, point, word = ''] = LAST_WORD.exec(rest) ?? []
    // `Film 2` is another film.
    const isNumbered = point === ' ' && /^\d+$/.test(word)
    if (shorter === undefined || isNumbered || !isTrait(word)) break
    stems.push(shorter)
    rest = shorter
  }
  return stems
}

/** What is before it, what parts them, and the last word, in brackets or not. */
const LAST_WORD = /^(.*[^\s._-])[\s._-]*?([._ -])[([]?([^\s._()[\]-]{1,24})[)\]]?$/

/** At the end of a name that may be that of a film; `is` and `no` are languages too. */
function lastWords(stem: string): string {
  return stem
    .split(/[\s._]+/)
    .slice(-3)
    .join(' ')
}

function append(map: Map<string, number[]>, key: string, index: number): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [index])
  else if (list.length < MOST_SIDECARS) list.push(index)
}

function keyOf(folders: readonly string[]): string {
  return folders.join('/').toLowerCase()
}

function videoKey(folder: string, stem: string): string {
  return `${folder}/${stem.toLowerCase()}`
}

function stemOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(0, dot) : name
}
