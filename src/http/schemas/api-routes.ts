import type { z } from 'zod'
import * as answers from './answers.ts'
import type { ApiRoute } from './api-route.ts'
import { LIBRARY_ROUTES } from './library-api.ts'
import { RENDERER_ROUTES } from './renderer-api.ts'
import {
  addQuery,
  createQuery,
  keepBody,
  limitsBody,
  listQuery,
  logQuery,
  onlyFilesBody,
  peerStatsQuery,
  resolveQuery,
  seedingBody,
  torrentLimitsBody,
} from './requests.ts'

const JSON_TYPE = 'application/json'
const json = (schema: z.ZodType): Readonly<Record<string, z.ZodType>> => ({ [JSON_TYPE]: schema })
const ONE = '/torrents/{id_or_infohash}'

/** The JSON API: what GET / lists, and what /openapi.json is made of. */
export const API_ROUTES: readonly ApiRoute[] = [
  { method: 'GET', path: '/', summary: 'list all available APIs', answer: json(answers.root) },
  {
    method: 'GET',
    path: '/dht/stats',
    summary: 'DHT stats',
    answer: json(answers.dhtStats),
  },
  {
    method: 'GET',
    path: '/dht/table',
    summary: 'DHT routing table',
    answer: json(answers.dhtTable),
  },
  {
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the server is well; 503 where it is not',
    answer: json(answers.health),
  },
  {
    method: 'GET',
    path: '/stats',
    summary: 'Global session stats',
    answer: json(answers.sessionStats),
  },
  {
    method: 'GET',
    path: '/events',
    summary:
      'Server-sent events: torrents, torrent, removed, speeds, streams, library, files, probing, renderers, control_points',
    answer: { 'text/event-stream': null },
  },
  {
    method: 'GET',
    path: '/addresses',
    summary: 'URLs that others on the LAN reach the server by',
    answer: json(answers.addresses),
  },
  {
    method: 'GET',
    path: '/metrics',
    summary: 'Prometheus metrics',
    answer: { 'text/plain': null },
  },
  {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This API as OpenAPI 3.1',
    answer: { 'application/json': null },
  },
  {
    method: 'GET',
    path: '/stream_logs',
    summary: 'Continuously stream logs; with recent, after the latest that were written before',
    query: logQuery,
    answer: { 'application/x-ndjson': null },
  },
  {
    method: 'GET',
    path: '/streams',
    summary: 'Streams that are being sent: client, position, speed, stalls and why',
    answer: json(answers.streams),
  },
  {
    method: 'POST',
    path: '/rust_log',
    summary: 'Set RUST_LOG to this post launch (for debugging)',
    body: { 'text/plain': null },
    answer: json(answers.nothing),
  },
  {
    method: 'GET',
    path: '/torrents',
    summary: 'List torrents',
    query: listQuery,
    answer: json(answers.torrentList),
  },
  {
    method: 'GET',
    path: '/torrents/playlist',
    summary: 'Playlist for supported players',
    answer: { 'application/mpegurl': null },
  },
  {
    method: 'GET',
    path: '/torrents/limits',
    summary: 'Limits of all torrents together',
    answer: json(answers.limits),
  },
  {
    method: 'POST',
    path: '/torrents/limits',
    summary: 'Change the limits of all torrents together',
    body: json(limitsBody),
    answer: json(answers.nothing),
  },
  { method: 'GET', path: ONE, summary: 'Torrent details', answer: json(answers.torrentDetails) },
  {
    method: 'GET',
    path: `${ONE}/haves`,
    summary: 'The bitfield of have pieces',
    answer: { 'application/octet-stream': null, 'image/svg+xml': null },
  },
  {
    method: 'GET',
    path: `${ONE}/limits`,
    summary: 'Limits of one torrent',
    answer: json(answers.torrentLimits),
  },
  {
    method: 'POST',
    path: `${ONE}/limits`,
    summary: 'Change the limits of one torrent',
    body: json(torrentLimitsBody),
    answer: json(answers.nothing),
  },
  {
    method: 'POST',
    path: `${ONE}/keep`,
    summary: 'Keep all of it, whatever the quota, or no longer',
    body: json(keepBody),
    answer: json(answers.nothing),
  },
  {
    method: 'POST',
    path: `${ONE}/seeding`,
    summary: 'Say when a torrent has been seeded enough',
    body: json(seedingBody),
    answer: json(answers.nothing),
  },
  {
    method: 'POST',
    path: `${ONE}/recheck`,
    summary: 'Check all that is on the disk once more',
    answer: json(answers.nothing),
  },
  {
    method: 'GET',
    path: `${ONE}/metadata`,
    summary: 'Download the corresponding torrent file',
    answer: { 'application/octet-stream': null },
  },
  {
    method: 'GET',
    path: `${ONE}/peer_stats`,
    summary: 'Per peer stats',
    query: peerStatsQuery,
    answer: json(answers.peerStats),
  },
  {
    method: 'GET',
    path: `${ONE}/peer_stats/prometheus`,
    summary: 'Per peer stats in prometheus format',
    answer: { 'text/plain': null },
  },
  {
    method: 'GET',
    path: `${ONE}/playlist`,
    summary: 'Playlist for supported players',
    answer: { 'application/mpegurl': null },
  },
  {
    method: 'GET',
    path: `${ONE}/stats`,
    summary: 'Stats of a torrent that is live',
    answer: json(answers.liveStats),
  },
  {
    method: 'GET',
    path: `${ONE}/stats/v1`,
    summary: 'Torrent stats',
    answer: json(answers.torrentStats),
  },
  {
    method: 'GET',
    path: `${ONE}/stream/{file_idx}`,
    summary: 'Stream a file. Accepts Range header to seek.',
    answer: { '*/*': null },
  },
  {
    method: 'GET',
    path: `${ONE}/subtitles/{file_idx}/{name}.srt`,
    summary: 'Subtitles from a file; .vtt as well; {file_idx}-{track} for a track inside a film.',
    answer: { 'text/srt': null, 'text/vtt': null },
  },
  {
    method: 'GET',
    path: `${ONE}/trackers`,
    summary: 'How it stands with each tracker',
    answer: json(answers.trackers),
  },
  { method: 'GET', path: '/web/', summary: 'Web UI', answer: { 'text/html': null } },
  {
    method: 'POST',
    path: '/torrents',
    summary: 'Add a torrent here. magnet: or http:// or a local file.',
    query: addQuery,
    body: { 'text/plain': null, 'application/x-bittorrent': null },
    answer: json(answers.addedTorrent),
  },
  {
    method: 'POST',
    path: '/torrents/create',
    summary: 'Create a torrent and start seeding. Body should be a local folder',
    query: createQuery,
    body: { 'text/plain': null },
    answer: { 'text/plain': null, 'application/x-bittorrent': null },
  },
  {
    method: 'POST',
    path: '/torrents/resolve_magnet',
    summary: 'Resolve a magnet to torrent file bytes',
    query: resolveQuery,
    body: { 'text/plain': null },
    answer: { 'application/x-bittorrent': null, 'application/json': null },
  },
  {
    method: 'POST',
    path: `${ONE}/add_peers`,
    summary: 'Add peers (newline-delimited)',
    body: { 'text/plain': null },
    answer: json(answers.addedPeers),
  },
  {
    method: 'POST',
    path: `${ONE}/delete`,
    summary: 'Forget about the torrent, remove the files',
    answer: json(answers.nothing),
  },
  {
    method: 'POST',
    path: `${ONE}/forget`,
    summary: 'Forget about the torrent, keep the files',
    answer: json(answers.nothing),
  },
  {
    method: 'POST',
    path: `${ONE}/pause`,
    summary: 'Pause torrent',
    answer: json(answers.nothing),
  },
  {
    method: 'POST',
    path: `${ONE}/start`,
    summary: 'Resume torrent',
    answer: json(answers.nothing),
  },
  {
    method: 'POST',
    path: `${ONE}/update_only_files`,
    summary:
      'Change the selection of files to download. You need to POST json of the following form {"only_files": [0, 1, 2]}',
    body: json(onlyFilesBody),
    answer: json(answers.nothing),
  },
  ...RENDERER_ROUTES,
  ...LIBRARY_ROUTES,
]
