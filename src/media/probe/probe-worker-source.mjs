import { runFromSource } from '../../worker-from-source.mjs'

await runFromSource('media/probe/probe-worker')
