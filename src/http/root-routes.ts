import { Router } from '@koa/router'

/** What a program is told at GET /. */
const APIS = {
  'GET /': 'list all available APIs',
  'GET /healthz': 'Whether the server is well',
  'GET /torrents': 'List torrents',
  'GET /torrents/playlist': 'Playlist for supported players',
  'GET /torrents/{id_or_infohash}': 'Torrent details',
  'GET /torrents/{id_or_infohash}/playlist': 'Playlist for supported players',
  'GET /torrents/{id_or_infohash}/stats/v1': 'Torrent stats',
  'GET /torrents/{id_or_infohash}/stream/{file_idx}':
    'Stream a file. Accepts Range header to seek.',
  'GET /torrents/{id_or_infohash}/subtitles/{file_idx}/{name}.srt':
    'Subtitles from a file; .vtt as well; {file_idx}-{track} for a track inside a film.',
  'GET /web/': 'Web UI',
  'POST /torrents': 'Add a torrent here. magnet: or http:// or a local file.',
  'POST /torrents/{id_or_infohash}/delete': 'Forget about the torrent, remove the files',
  'POST /torrents/{id_or_infohash}/forget': 'Forget about the torrent, keep the files',
  'POST /torrents/{id_or_infohash}/pause': 'Pause torrent',
  'POST /torrents/{id_or_infohash}/start': 'Resume torrent',
}

/** GET /: the page for a browser, the list of the API for a program. */
export function rootRouter(version: string): Router {
  const router = new Router()
  router.get('/', (context) => {
    context.vary('Accept')
    if (context.get('accept').includes('text/html')) {
      context.set('Location', './web/')
      context.body = ''
      context.status = 307
      return
    }
    context.body = { apis: APIS, server: 'tributary', version }
  })
  return router
}
