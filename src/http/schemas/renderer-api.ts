import * as answers from './answers.ts'
import { type ApiRoute, json } from './api-route.ts'
import { muteBody, nextBody, playBody, seekBody, volumeBody } from './renderer-requests.ts'

const RENDERER = '/renderers/{id}'

/** Those of TVs and players that can be played to. */
export const RENDERER_ROUTES: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/renderers',
    summary: 'TVs and players that can be played to, and what they play',
    answer: json(answers.renderers),
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
    answer: json(answers.nothing),
  },
  {
    method: 'POST',
    path: `${RENDERER}/play`,
    summary: 'Play a file on a renderer',
    body: json(playBody),
    answer: json(answers.nothing),
  },
  {
    method: 'POST',
    path: `${RENDERER}/next`,
    summary: 'Play a file after that which plays',
    body: json(nextBody),
    answer: json(answers.nothing),
  },
  {
    method: 'POST',
    path: `${RENDERER}/clear_next`,
    summary: 'Play nothing after that which plays',
    answer: json(answers.nothing),
  },
  {
    method: 'POST',
    path: `${RENDERER}/seek`,
    summary: 'Go elsewhere in what plays',
    body: json(seekBody),
    answer: json(answers.nothing),
  },
  {
    method: 'POST',
    path: `${RENDERER}/volume`,
    summary: 'Set the volume',
    body: json(volumeBody),
    answer: json(answers.nothing),
  },
  {
    method: 'POST',
    path: `${RENDERER}/mute`,
    summary: 'Switch the sound off or on',
    body: json(muteBody),
    answer: json(answers.nothing),
  },
  ...['pause', 'resume', 'stop'].map(
    (command): ApiRoute => ({
      method: 'POST',
      path: `${RENDERER}/${command}`,
      summary: `Have a renderer ${command}`,
      answer: json(answers.nothing),
    }),
  ),
]
