import { z } from 'zod'
import { count, nothing } from './answer-parts.ts'
import { API_ERROR_CODES } from './api-error-codes.ts'
import { type ApiRoute, json } from './api-route.ts'
import { muteBody, nextBody, playBody, seekBody, volumeBody } from './renderer-requests.ts'

const playedFile = z.object({ info_hash: z.string(), file_idx: count, title: z.string() })

const renderers = z
  .object({
    renderers: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        model: z.string().nullable(),
        manufacturer: z.string().nullable(),
        address: z.string(),
        icon: z.string().nullable(),
        last_seen: count,
        problem: z.string().nullable(),
        problem_code: z.enum(API_ERROR_CODES).nullable(),
        playback: z.object({
          state: z.enum(['stopped', 'playing', 'paused', 'transitioning', 'unknown']),
          info_hash: z.string().nullable(),
          file_idx: count.nullable(),
          title: z.string().nullable(),
          position_s: z.number().min(0).nullable(),
          duration_s: z.number().min(0).nullable(),
          volume: z.int().min(0).max(100).nullable(),
          muted: z.boolean().nullable(),
          next: playedFile.nullable(),
        }),
      }),
    ),
  })
  .meta({ id: 'Renderers' })

const RENDERER = '/renderers/{id}'

/** Those of TVs and players that can be played to. */
export const RENDERER_ROUTES: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/renderers',
    summary: 'TVs and players that can be played to, and what they play',
    answer: json(renderers),
  },
  {
    method: 'GET',
    path: `${RENDERER}/icon`,
    summary: 'Icon of a renderer',
    answer: { 'image/png': null, 'image/jpeg': null },
  },
  {
    method: 'POST',
    path: '/renderers/search',
    summary: 'Look for renderers now',
    answer: json(nothing),
  },
  {
    method: 'POST',
    path: `${RENDERER}/play`,
    summary: 'Play a file on a renderer',
    body: json(playBody),
    answer: json(nothing),
  },
  {
    method: 'POST',
    path: `${RENDERER}/next`,
    summary: 'Play a file after that which plays',
    body: json(nextBody),
    answer: json(nothing),
  },
  {
    method: 'POST',
    path: `${RENDERER}/clear_next`,
    summary: 'Play nothing after that which plays',
    answer: json(nothing),
  },
  {
    method: 'POST',
    path: `${RENDERER}/seek`,
    summary: 'Go elsewhere in what plays',
    body: json(seekBody),
    answer: json(nothing),
  },
  {
    method: 'POST',
    path: `${RENDERER}/volume`,
    summary: 'Set the volume',
    body: json(volumeBody),
    answer: json(nothing),
  },
  {
    method: 'POST',
    path: `${RENDERER}/mute`,
    summary: 'Switch the sound off or on',
    body: json(muteBody),
    answer: json(nothing),
  },
  ...['pause', 'resume', 'stop'].map(
    (command): ApiRoute => ({
      method: 'POST',
      path: `${RENDERER}/${command}`,
      summary: `Have a renderer ${command}`,
      answer: json(nothing),
    }),
  ),
]
