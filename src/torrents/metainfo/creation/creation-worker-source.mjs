// Starts the creation worker from its TypeScript source (tests, tsx). Node 20 does not hand a loader
// on to the first file of a worker thread, so this first file is JavaScript. Not part of the build.
import { register } from 'tsx/esm/api'

register()
await import('./creation-worker.ts')
