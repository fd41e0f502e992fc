import { z } from 'zod'
import { nothing } from './answer-parts.ts'
import { type ApiRoute, json } from './api-route.ts'

const library = z
  .object({
    items: z.array(
      z.looseObject({
        id: z.string(),
        kind: z.string(),
        title: z.string(),
        year: z.number().int().nullable(),
        torrent_id: z.number().int().nullable(),
        info_hash: z.string(),
        // Milliseconds since 1970.
        added_at: z.number().nullable(),
        poster: z.string().nullable(),
        files: z.array(
          z.looseObject({ file_idx: z.number().int(), name: z.string(), stream_url: z.string() }),
        ),
      }),
    ),
  })
  .meta({ id: 'Library' })

/** Seconds from the beginning, or whether it has been watched. */
const position = z.object({
  position_s: z.number().nonnegative().optional(),
  watched: z.boolean().optional(),
})

const settings = z
  .object({ settings: z.array(z.looseObject({ name: z.string() })) })
  .meta({ id: 'Settings' })

const controlPoints = z
  .object({
    control_points: z.array(z.looseObject({ address: z.string() })),
    rules: z.array(z.looseObject({ id: z.string() })),
  })
  .meta({ id: 'ControlPoints' })

/** What the page needs beside rqbit's API: films, settings, TVs that browse. */
export const LIBRARY_ROUTES: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/library',
    summary: 'Films, series, music and pictures, with what is known of their files',
    answer: json(library),
  },
  {
    method: 'PUT',
    path: '/library/{id_or_infohash}/{file_idx}/position',
    summary: 'Say how far a file has been watched',
    body: json(position),
    answer: json(nothing),
  },
  {
    method: 'GET',
    path: '/settings',
    summary: 'What can be changed while the server runs; for the owner',
    answer: json(settings),
  },
  {
    method: 'PATCH',
    path: '/settings',
    summary: 'Change settings by their names',
    body: json(z.record(z.string(), z.unknown())),
    answer: json(settings),
  },
  {
    method: 'GET',
    path: '/control_points',
    summary: 'TVs that have browsed, and the rule that each is answered by',
    answer: json(controlPoints),
  },
  {
    method: 'PUT',
    path: '/control_points/{address}',
    summary: 'Choose a rule for a TV, or none by null',
    body: json(z.object({ rule: z.string().nullable() })),
    answer: json(nothing),
  },
  {
    method: 'GET',
    path: '/p/{object}/{size}.jpg',
    summary: 'Picture of an object of the library: tn, sm, med or lrg',
    answer: { 'image/jpeg': null },
  },
]
