import { fileURLToPath } from 'node:url'

/** Tributary as built in dist/. */
export const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url))

/** What Node is started with by `npm start`, the image and the recipes for services. */
export const NODE_FLAGS: readonly string[] = ['--max-semi-space-size=4', '--no-memory-reducer']
