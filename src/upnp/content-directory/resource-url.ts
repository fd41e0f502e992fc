/** How the URLs of one answer are written. */
export interface ResourceUrls {
  /** What they begin with: scheme, address and port. */
  readonly baseUrl: string
  /** Makes a path one that is read without a password; absent where none is needed. */
  readonly sign?: ((path: string) => string) | undefined
}

/** Absolute. @param path - From the root of the server on. */
export function resourceUrl({ baseUrl, sign = asItIs }: ResourceUrls, path: string): string {
  return baseUrl + sign(path)
}

function asItIs(path: string): string {
  return path
}
