import type { FileNews, LibraryFile, LibraryItem } from '../api/library-types.ts'

/** The library with what is new of some of its files; items that nothing is new of stay the same objects. */
export function withFileNews(
  items: readonly LibraryItem[],
  files: readonly FileNews[],
): { readonly items: readonly LibraryItem[]; readonly isMissingSubtitles: boolean } {
  const news = new Map(files.map((file) => [`${file.info_hash} ${file.file_idx}`, file]))
  const torrents = new Set(files.map((file) => file.info_hash))
  let isMissingSubtitles = false
  const changed = items.map((item): LibraryItem => {
    if (!torrents.has(item.info_hash)) return item
    return {
      ...item,
      files: item.files.map((file): LibraryFile => {
        const found = news.get(`${item.info_hash} ${file.file_idx}`)
        if (found === undefined) return file
        const { info_hash: _, subtitle_count: count, ...known } = found
        if (count > file.subtitles.length && file.subtitles.length < MOST_SUBTITLES) {
          isMissingSubtitles = true
        }
        return { ...file, ...known }
      }),
    }
  })
  return { items: changed, isMissingSubtitles }
}

/** Of one film the server lists no more. */
const MOST_SUBTITLES = 32
