import { expect, test } from 'vitest'
import type { FileNews } from '../../../src/web/api/library-types.ts'
import { withFileNews } from '../../../src/web/logic/file-news.ts'
import { continueWatching, titlesOf } from '../../../src/web/logic/library-titles.ts'
import { fakeItem } from '../fake-data.ts'

function news(infoHash: string, change: Partial<FileNews>): FileNews {
  return {
    ...{ info_hash: infoHash, file_idx: 0, resume_s: null, watched: false, played_at: null },
    ...{ duration_s: null, resolution: null, video: null, audio: [], subtitle_count: 0 },
    ...change,
  }
}

test('what was watched elsewhere is what one goes on with, the latest first', () => {
  const items = [2, 3, 4].map((number) => fakeItem(number, 2))
  const hashes = items.map((item) => item.info_hash)
  const [first = '', second = ''] = hashes
  const { items: changed, isMissingSubtitles } = withFileNews(items, [
    news(first, { resume_s: 61, duration_s: 90, played_at: 1_000 }),
    news(second, { resume_s: 5, played_at: 2_000 }),
  ])
  expect(changed[2]).toBe(items[2])
  expect(changed[0]?.files[0]).toMatchObject({ resume_s: 61, duration_s: 90 })
  expect(changed[0]?.files[1]).toBe(items[0]?.files[1])
  const shown = continueWatching(titlesOf(changed)).map(({ entry }) => entry.item.info_hash)
  expect(shown).toEqual([second, first])
  expect(isMissingSubtitles).toBe(false)
})

test('subtitles that were found in a film are asked for', () => {
  const items = [fakeItem(2, 1)]
  const file = news(items[0]?.info_hash ?? '', { subtitle_count: 2 })
  expect(withFileNews(items, [file]).isMissingSubtitles).toBe(true)
})
