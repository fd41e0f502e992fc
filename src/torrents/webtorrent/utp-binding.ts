import { createRequire, Module } from 'node:module'

/** Why this machine has no uTP (there is no binding for its processor); `null` where it has. */
export const utpFault: string | null = loadBinding()

/**
 * webtorrent loads the binding when it is imported, and prints a stack where there is none; so this is imported
 * before it, and stands in an empty one, which webtorrent takes for the absence of uTP that it is.
 */
function loadBinding(): string | null {
  const { resolve } = createRequire(import.meta.url)
  const require = createRequire(resolve('webtorrent'))
  const path = require.resolve('utp-native')
  try {
    require(path)
    return null
  } catch (error) {
    const empty = new Module(path)
    require.cache[path] = Object.assign(empty, { filename: path, exports: {}, loaded: true })
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n')
    return reason
  }
}
