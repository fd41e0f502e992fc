import { runFromSource } from '../../worker-from-source.mjs'

await runFromSource('torrents/store/disk-worker')
