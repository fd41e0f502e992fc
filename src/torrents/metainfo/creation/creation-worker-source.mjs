import { runFromSource } from '../../../worker-from-source.mjs'

await runFromSource('torrents/metainfo/creation/creation-worker')
