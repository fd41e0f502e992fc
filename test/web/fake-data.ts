import { createHash } from 'node:crypto'
import type { LibraryFile, LibraryItem } from '../../src/web/api/library-types.ts'
import type { TorrentItem } from '../../src/web/api/torrent-types.ts'

/** The same for the same number, in every run. */
function hashOf(number: number): string {
  return createHash('sha1').update(`torrent ${number}`).digest('hex')
}

const WORDS = ['River', 'Delta', 'Spring', 'Harbour', 'Winter', 'Signal', 'Orchard', 'Meridian']

function titleOf(number: number): string {
  const second = WORDS[Math.floor(number / WORDS.length) % WORDS.length]
  return `${WORDS[number % WORDS.length]} ${second} ${Math.floor(number / 64) + 1}`
}

export function fakeTorrent(number: number, fileCount: number): TorrentItem {
  const total = 700_000_000 + number * 1_000_000
  const isDone = number % 3 !== 0
  const progress = isDone ? total : Math.floor(total * ((number % 10) / 10))
  const isPaused = number % 7 === 6
  const speed = isDone || isPaused ? 0 : 0.5 + (number % 5)
  return {
    id: number,
    info_hash: hashOf(number),
    name: titleOf(number),
    output_folder: `/srv/films/${titleOf(number)}`,
    total_pieces: 700,
    paused: isPaused,
    added_at: 1_790_000_000_000 + number * 60_000,
    stats: {
      state: isPaused ? 'paused' : 'live',
      file_progress: Array.from({ length: fileCount }, () => Math.floor(progress / fileCount)),
      error: null,
      progress_bytes: progress,
      uploaded_bytes: number * 12_345,
      total_bytes: total,
      finished: isDone,
      live: isPaused
        ? null
        : {
            snapshot: {
              downloaded_and_checked_bytes: progress,
              fetched_bytes: progress,
              uploaded_bytes: 0,
              peer_stats: { live: 8, seen: 12 },
            },
            download_speed: { mbps: speed, human_readable: `${speed} MiB/s` },
            upload_speed: { mbps: 0.1, human_readable: '0.10 MiB/s' },
            time_remaining: isDone ? null : { duration: { secs: 300 + number } },
          },
    },
  }
}

export function fakeItem(number: number, fileCount: number): LibraryItem {
  const isSeries = fileCount > 1
  const title = titleOf(number)
  const infoHash = hashOf(number)
  return {
    id: `t${number}`,
    kind: isSeries ? 'series' : 'film',
    title,
    year: 1980 + (number % 46),
    torrent_id: number,
    info_hash: infoHash,
    added_at: 1_790_000_000_000 + number * 60_000,
    poster: null,
    files: Array.from({ length: fileCount }, (_, index): LibraryFile => {
      const [season, episode] = [Math.floor(index / 10) + 1, (index % 10) + 1]
      return {
        file_idx: index,
        name: isSeries ? `${title} S${season}E${episode}.mkv` : `${title}.mp4`,
        title: isSeries ? `Chapter ${index + 1}` : title,
        season: isSeries ? season : null,
        episode: isSeries ? episode : null,
        length: 350_000_000,
        mime: isSeries ? 'video/x-matroska' : 'video/mp4',
        duration_s: 2_700,
        resolution: '1920x1080',
        audio: [{ language: 'en', codec: 'AAC', channels: 2, title: null }],
        subtitles: [],
        resume_s: number % 50 === 1 && index === 0 ? 600 : null,
        watched: number % 9 === 0 && index === 0,
        stream_url: `/torrents/${infoHash}/stream/${index}`,
        poster: null,
        finished: number % 3 === 0 ? 0.4 : 1,
        selected: true,
      }
    }),
  }
}
