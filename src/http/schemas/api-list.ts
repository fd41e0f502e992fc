import { API_ROUTES } from './api-routes.ts'

/** What a program is told at GET /: summaries by method and path. */
export const API_LIST: Readonly<Record<string, string>> = Object.fromEntries(
  API_ROUTES.map(({ method, path, summary }) => [`${method} ${path}`, summary]),
)
