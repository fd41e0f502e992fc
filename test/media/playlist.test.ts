import { expect, test } from 'vitest'
import { PLAYLIST_HEAD, type PlaylistEntry, playlistLines } from '../../src/media/playlist.ts'

function formatPlaylist(entries: readonly PlaylistEntry[]): string {
  return PLAYLIST_HEAD + entries.map(playlistLines).join('')
}

test('an entry is a title and a URL', () => {
  expect(
    formatPlaylist([
      { title: 'S01E02.mkv', url: 'http://192.0.2.1:3030/torrents/0/stream/1/S01E02.mkv' },
      { title: 'Ünïcode ☃, part 2', url: 'http://192.0.2.1:3030/torrents/0/stream/2/x' },
    ]),
  ).toBe(
    '#EXTM3U\r\n' +
      '#EXTINF:-1,S01E02.mkv\r\nhttp://192.0.2.1:3030/torrents/0/stream/1/S01E02.mkv\r\n' +
      '#EXTINF:-1,Ünïcode ☃, part 2\r\nhttp://192.0.2.1:3030/torrents/0/stream/2/x\r\n',
  )
})

test('nothing to play', () => {
  expect(formatPlaylist([])).toBe('#EXTM3U\r\n')
})

test.each(['\r\n', '\n', '\r', '\u0000', '\u0085', '\u2028', '\u2029'])(
  'a title with %j stays on its line',
  (separator) => {
    const title = `film${separator}http://evil.example/${separator}`
    expect(formatPlaylist([{ title, url: 'http://host/' }])).toBe(
      '#EXTM3U\r\n#EXTINF:-1,film http://evil.example/\r\nhttp://host/\r\n',
    )
  },
)
