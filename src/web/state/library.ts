import { computed, signal } from '@preact/signals'
import type { FileNews, LibraryItem } from '../api/library-types.ts'
import { loadItems } from '../api/load-items.ts'
import { RequestError, sendJson } from '../api/request.ts'
import { withFileNews } from '../logic/file-news.ts'
import { isFile, type Title, type TitleFile, titlesOf, wordsOf } from '../logic/library-titles.ts'

export type LibraryState = 'loading' | 'there' | 'missing' | 'failed'

export const libraryState = signal<LibraryState>('loading')
export const libraryItems = signal<readonly LibraryItem[]>([])
export const titles = computed(() => titlesOf(libraryItems.value))

let isLoading = false
let isStale = false

/** Fetches the library; while it is being fetched, once more afterwards. */
export async function reloadLibrary(): Promise<void> {
  isStale = true
  if (isLoading) return
  isLoading = true
  try {
    while (isStale) {
      isStale = false
      libraryItems.value = await loadItems<LibraryItem>('library', wordsOf)
      libraryState.value = 'there'
    }
  } catch (error) {
    const isMissing = error instanceof RequestError && error.status === 404
    if (libraryState.value !== 'there') libraryState.value = isMissing ? 'missing' : 'failed'
  } finally {
    isLoading = false
  }
}

/** Subtitles in films come one after the other while they are looked into; milliseconds. */
const GATHER_MS = 10_000

let gathering: ReturnType<typeof setTimeout> | undefined

/** Takes over what was watched elsewhere and what has been found out, without loading all of it again. */
export function takeFileNews(files: readonly FileNews[]): void {
  const { items, isMissingSubtitles } = withFileNews(libraryItems.peek(), files)
  libraryItems.value = items
  if (!isMissingSubtitles || gathering !== undefined) return
  gathering = setTimeout(() => {
    gathering = undefined
    void reloadLibrary()
  }, GATHER_MS)
}

export interface Place {
  readonly title: Title
  readonly entry: TitleFile
}

/** A file of the library and the title that it belongs to. */
export function placeOf(infoHash: string, fileIndex: number): Place | undefined {
  for (const title of titles.value) {
    const entry = title.files.find((known) => isFile(known, infoHash, fileIndex))
    if (entry !== undefined) return { title, entry }
  }
  return undefined
}

export interface WatchedTo {
  readonly position_s: number
  readonly watched?: boolean
}

/** Keeps where somebody is in a film, also when the page is just being left. */
export async function savePosition(
  infoHash: string,
  fileIndex: number,
  position: WatchedTo,
): Promise<void> {
  await sendJson('PUT', `library/${infoHash}/${fileIndex}/position`, position)
  libraryItems.value = libraryItems.value.map((item) =>
    item.info_hash === infoHash ? watchedTo(item, fileIndex, position) : item,
  )
}

function watchedTo(item: LibraryItem, fileIndex: number, position: WatchedTo): LibraryItem {
  const files = item.files.map((file) =>
    file.file_idx === fileIndex
      ? { ...file, resume_s: position.position_s, watched: position.watched ?? file.watched }
      : file,
  )
  return { ...item, files }
}
